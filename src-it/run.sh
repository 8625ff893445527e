# Sourced by ./demo, ./bench and the campaigns faults, endurance and scale, with NAME set to theirs and from the top directory: builds
# what they need, and becomes a Java program of src-it.
BUILT=target/built # a marker for each module that was built from here, and Maven's log

# find_java : sets JAVA to the java of a JDK 17 or later, or explains what to install.
find_java() {
  JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
  local version
  version=$("$JAVA" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p') || true
  if [[ -z $version ]]; then
    say "needs a JDK 17 or later: no working ${JAVA_HOME:+$JAVA_HOME/bin/}java"
  elif ((version < 17)); then
    say "needs a JDK 17 or later: $JAVA is version $version"
  else
    return 0
  fi
  say "install one (Debian, Ubuntu: apt install openjdk-17-jdk; Fedora: dnf install java-17-openjdk-devel), or let JAVA_HOME name one"
  exit 1
}

# build APP_MODULE... : packages the agent, the load client and these of test-apps/, unless they are newer than their sources.
build() {
  local module modules=() wanted=(agent src-it)
  for module; do
    wanted+=("test-apps/$module")
  done
  for module in "${wanted[@]}"; do
    is_built "$module" || modules+=("$module")
  done
  ((${#modules[@]})) || return 0

  if ! command -v mvn > /dev/null; then
    say "needs Maven 3.8 or later to build: there is no mvn on the PATH"
    say "install it (Debian, Ubuntu: apt install maven; Fedora: dnf install maven; others: https://maven.apache.org/install.html)"
    exit 1
  fi
  mkdir -p "$BUILT"
  local start=$SECONDS
  : > "$BUILT/start"
  say "building ${modules[*]} with Maven (the first time it downloads their libraries; log: $BUILT/build.log)"
  # Formatting and tests are mvn verify's business.
  : > "$BUILT/build.log"
  maven package -am -pl "$(IFS=, && echo "${modules[*]}")"
  if [[ " ${modules[*]} " == *' src-it '* ]]; then
    maven -f src-it/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$PWD/src-it/target/lib"
  fi
  for module in "${modules[@]}"; do
    touch -r "$BUILT/start" "$(marker "$module")"
  done
  say "built in $((SECONDS - start)) s"
}

# run CLASS ARGUMENT... : this process becomes the program, so that signals reach it.
run() {
  exec "$JAVA" -XX:TieredStopAtLevel="${TIER:-4}" -cp "src-it/target/classes:src-it/target/lib/*" \
    -Dgraceful.agent.jar="$PWD/agent/target/graceful.jar" -Dgraceful.test-apps="$PWD/test-apps" "$@"
}

say() {
  echo "$NAME: $*" >&2
}

marker() {
  echo "$BUILT/${1//\//-}"
}

# is_built MODULE : it was built here after its last change, and nobody has removed it since.
is_built() {
  local made changed
  case $1 in
    agent) made=agent/target/graceful.jar ;;
    src-it) made=src-it/target/lib ;;
    *) made=$1/target/app.jar ;;
  esac
  [[ -e $made && -e $(marker "$1") ]] || return
  local sources=(pom.xml "$1/pom.xml" "$1/src/main")
  [[ $1 != test-apps/* ]] || sources+=(test-apps/pom.xml test-apps/common/src/main)
  changed=$(find "${sources[@]}" -newer "$(marker "$1")" -print -quit)
  [[ -z $changed ]]
}

# maven ARGUMENT... : quiet, and gone when we are.
maven() {
  mvn -B -q -Dmaven.test.skip=true -Dspotless.check.skip=true "$@" < /dev/null >> "$BUILT/build.log" 2>&1 &
  local pid=$!
  trap 'kill "$pid" 2> /dev/null; exit 130' INT TERM
  if ! wait "$pid"; then
    grep '^\[ERROR\]' "$BUILT/build.log" | head -n 10 >&2 || tail -n 10 "$BUILT/build.log" >&2
    say "the build failed: see $BUILT/build.log"
    exit 1
  fi
  trap - INT TERM
}

# module_of APP : the directory in test-apps/ that it is built from; an unknown one is for the program to complain about.
module_of() {
  case $1 in
    tomcat-*) echo tomcat ;;
    netty-*) echo netty ;;
    spring-boot*) echo spring-boot ;;
    tomcat8 | jetty | jetty9 | undertow) echo "$1" ;;
    *) echo jdk ;;
  esac
}
