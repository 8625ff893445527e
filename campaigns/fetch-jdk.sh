#!/usr/bin/env bash
# Fetches an OpenJDK that this machine's distribution doesn't have into .jdks/, from the Debian release that has it.
#
# .jdks/jdkN is then a JDK home like any other: $home/bin/java, $home/release. For a foreign architecture it is .jdks/jdkN-ARCH.
# It links into .jdks/jdkN-root, a minimal Debian of its own: these JDKs are built for another libc than ours, so
# their programs are patched to use the loader and the libraries of that root. A wrapper script around the loader would not do:
# /proc/PID/cmdline would then begin with the loader, and that is what a restart executes again.
set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
JDKS=$REPO/.jdks

usage() {
  cat <<'USAGE'
usage: campaigns/fetch-jdk.sh VERSION [ARCH]

  VERSION  8 (from Debian sid), 11 (bullseye), 17 (bookworm), 21 (trixie) or 25 (sid)
  ARCH     as Debian names it, e.g. arm64; default: this machine's

Prints the JDK's home. A JDK that is there already and runs isn't fetched again.
To fetch it anew: rm -rf .jdks/jdkVERSION*
USAGE
}

fail() {
  echo "fetch-jdk: $*" >&2
  exit 1
}

say() {
  echo "fetch-jdk: $*" >&2
}

main() {
  case ${1:-} in
    -h | --help) usage; exit 0 ;;
    '') usage >&2; exit 2 ;;
  esac
  local version=$1 native arch name suite
  suite=$(suite_of "$version") || { usage >&2; exit 2; }
  native=$(dpkg --print-architecture) || fail "needs dpkg and apt: only Debian and its relatives can run this"
  arch=${2:-$native}
  name=jdk$version
  [[ $arch == "$native" ]] || name+=-$arch

  mkdir -p "$JDKS"
  exec 9> "$JDKS/$name.lock" # two campaigns may start at once
  flock 9

  emulator=()
  if [[ $arch != "$native" ]]; then
    emulator=("$(emulator_of "$arch")") || fail "don't know which qemu runs $arch"
    require "${emulator[0]}" qemu-user-static
  fi
  if "${emulator[@]}" "$JDKS/$name/bin/java" -version > /dev/null 2>&1; then
    say "$name is there already"
  else
    fetch "$version" "$suite" "$arch" "$native" "$name"
  fi
  echo "$JDKS/$name"
}

suite_of() {
  case $1 in
    8) echo sid ;;
    11) echo bullseye ;;
    17) echo bookworm ;;
    21) echo trixie ;;
    25) echo sid ;;
    *) return 1 ;;
  esac
}

fetch() {
  local version=$1 suite=$2 arch=$3 native=$4 name=$5
  local root=$JDKS/$name-root log=$JDKS/$name.log home=usr/lib/jvm/java-$version-openjdk-$arch mirror
  mirror=$(apt_mirror) || fail "can't find a Debian mirror in /etc/apt/sources.list*: add one, e.g. 'deb MIRROR bookworm main'"
  require debootstrap debootstrap
  [[ $(id -u) == 0 ]] || fail "debootstrap needs root: run it with sudo"

  # One file system: a debootstrap that was killed leaves /proc mounted in there.
  rm -rf --one-file-system "$root" "${JDKS:?}/$name"
  say "fetching OpenJDK $version for $arch from $suite of $mirror (a minute or so; log: ${log#"$REPO"/})"
  local part=jre
  ((version > 8)) || part=jdk # What loads an agent into a running JVM is a module later on, and a jar of the JDK in 8.
  local options=(--variant=minbase "--arch=$arch" "--include=openjdk-$version-$part-headless")
  [[ $arch == "$native" ]] || options+=(--foreign)
  debootstrap "${options[@]}" "$suite" "$root" "$mirror" > "$log" 2>&1 9>&- || {
    tail -n 5 "$log" >&2
    fail "debootstrap failed: see $log"
  }
  [[ $arch == "$native" ]] || unpack_all "$root" >> "$log" 2>&1
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}
  [[ -e $root/$home/bin/java ]] || fail "no $root/$home/bin/java after debootstrap: see $log"

  keep_links_inside "$root" "$root/$home"
  use_libraries_of "$root" "$root/$home"
  add_release_file "$root/$home"
  check "$root/$home" "$version" >> "$log" 2>&1 || {
    tail -n 5 "$log" >&2
    fail "$root/$home/bin/java doesn't work: see $log"
  }
  ln -sfn "$name-root/$home" "$JDKS/$name" # last: it says that all the rest is complete
  say "$name takes $(du -sh "$root" | cut -f1)"
}

emulator_of() {
  case $1 in
    amd64) echo qemu-x86_64-static ;;
    arm64) echo qemu-aarch64-static ;;
    *) return 1 ;;
  esac
}

# The first mirror of Debian proper that apt uses, in either format of its sources.
apt_mirror() {
  local sources=() file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [[ -r $file ]] && sources+=("$file")
  done
  ((${#sources[@]})) || return 1
  awk '
    FILENAME ~ /\.sources$/ && tolower($1) == "enabled:" && tolower($2) == "no" { off = 1 }
    FILENAME ~ /\.sources$/ && NF == 0 { off = 0 }
    FILENAME ~ /\.sources$/ && tolower($1) == "uris:" && !off { for (i = 2; i <= NF; i++) print $i }
    FILENAME ~ /\.list$/ && $1 == "deb" { sub(/\[[^]]*\]/, ""); print $2 }
  ' "${sources[@]}" | grep -E '^(https?|ftp|file):.*/debian/?$' | head -n 1 | grep .
}

# require PROGRAM PACKAGE
require() {
  command -v "$1" > /dev/null && return
  [[ $(id -u) == 0 ]] || fail "needs $1: run 'sudo apt-get install $2'"
  say "installing $2"
  # Without recommended packages: those of qemu-user-static would register it with the kernel.
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$2"; } > "$JDKS/apt.log" 2>&1 9>&-; then
    tail -n 5 "$JDKS/apt.log" >&2
    fail "apt-get can't install $2: see $JDKS/apt.log"
  fi
}

# The second stage of debootstrap would run programs of the foreign architecture; unpacked packages are all that Java needs.
unpack_all() {
  local root=$1 package
  for package in "$root"/var/cache/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -C "$root" --keep-directory-symlink -xf - || fail "can't unpack $package"
  done
}

# Debian's JDKs keep their configuration in /etc: without this we would read this machine's, or none.
keep_links_inside() {
  local root=$1 home=$2 link
  while IFS= read -r link; do
    ln -sfnr "$root$(readlink "$link")" "$link"
  done < <(find "$home" -type l -lname '/*')
}

# Each library brings its own path to those of the root, and the programs an RPATH besides: other than RUNPATH it
# counts for libraries without a path of their own too (libnss_*, a native library that an application unpacks).
use_libraries_of() {
  local root=$1 home=$2 libraries file path interpreter
  libraries=$(echo "$root"/usr/lib/*-linux-gnu)
  require patchelf patchelf
  while IFS= read -r file; do
    path=$(patchelf --print-rpath "$file" 2> /dev/null) || continue # a script
    path+=${path:+:}$libraries
    if interpreter=$(patchelf --print-interpreter "$file" 2> /dev/null); then
      patchelf --set-interpreter "$libraries/${interpreter##*/}" --force-rpath --set-rpath "$path" "$file"
    else
      patchelf --set-rpath "$path" "$file"
    fi
  done < <(find "$home" -type f \( -path '*/bin/*' -o -name '*.so' -o -name jspawnhelper -o -name jexec \))
}

# Debian's OpenJDK 8 has none, and it is how tools tell a JDK's version without starting it.
add_release_file() {
  local home=$1 version
  [[ -e $home/release ]] && return
  version=$("${emulator[@]}" "$home/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  printf 'JAVA_VERSION="%s"\nOS_NAME="Linux"\n' "$version" > "$home/release"
}

check() {
  local home=$1 version=$2 classes arguments=()
  classes=$(mktemp -d)
  if ((version > 8)); then # 8 knows vfork only
    arguments+=(-Djdk.lang.Process.launchMechanism=POSIX_SPAWN)
  fi
  arguments+=(-cp "$classes" JdkCheck)
  # Without binfmt_misc the kernel can't start the emulated one's child.
  ((${#emulator[@]} == 0)) || arguments+=(again)
  javac --release 8 -Xlint:-options -d "$classes" "$REPO/campaigns/JdkCheck.java" \
    && "${emulator[@]}" "$home/bin/java" "${arguments[@]}"
  local status=$?
  rm -rf "$classes"
  return "$status"
}

main "$@"
