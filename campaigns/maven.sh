# Sourced by campaigns that run Maven.

# run_maven LOG ARGUMENT... : quiet, with all output in LOG.
run_maven() {
  local log=$1
  shift
  mvn -B "$@" < /dev/null > "$log" 2>&1
}

# explain LOG : the errors in Maven's log, less its advice.
explain() {
  grep '^\[ERROR\]' "$1" | grep -v -E '^\[ERROR\] ($|To see|Re-run|For more|See |-> |\[Help)' | head -n 20 >&2 || tail -n 5 "$1" >&2
}

# build_all NAME LOGS : everything but tests, or the end of the campaign of this name.
build_all() {
  echo "$1: building (log: ${2#"$PWD"/}/build.log)"
  if ! run_maven "$2/build.log" -DskipTests package; then
    explain "$2/build.log"
    echo "$1: the build failed: see $2/build.log" >&2
    exit 1
  fi
}

# run_class CLASS LOG SERVERS RESTARTS MAVEN_OPTION... : a class of src-it, with this many restarts of each app, and the
# servers' own logs in the directory SERVERS.
run_class() {
  local class=$1 log=$2 servers=$3 restarts=$4
  shift 4
  run_maven "$log" -pl src-it failsafe:integration-test failsafe:verify "-Dit.test=$class" \
    "-Dgraceful.it.restarts=$restarts" "-Dgraceful.it.logs=$servers" "$@"
}

# counts LOG : how many tests ran, and how long they took.
counts() {
  grep -E '^\[(INFO|WARNING|ERROR)\] Tests run: .*Time elapsed' "$1" | tail -n 1 | sed 's/^\[[A-Z]*\] //; s/ <<< FAILURE!//; s/ -- in .*//'
}
