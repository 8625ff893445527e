#!/usr/bin/env bash
# Campaign: the units of docs/systemd.md under a real systemd
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
NAME=systemd
. src-it/run.sh
LOGS=$PWD/target/campaign/systemd
DOWNLOADS=$PWD/target/campaign/downloads

usage() {
  cat <<'USAGE'
usage: ./campaign systemd [--jdk VERSION] [--backports] [PART_OF_A_NAME]

Starts a systemd of its own (systemd --user), which sees none of this machine's units and can write to nothing but
target/campaign/systemd, and tries in it what docs/systemd.md and docs/takeover.md promise, with the unit files that are there: start,
reload under load, reloads that fail, stop, crashes, watchdog, socket activation, the supervisor. Prints a verdict for each, and a
table; exits with 1 if any fell short. JDK 17 (--jdk). With a part of a name, such as "reload" or "legacy.socket", only those.

--backports fetches the systemd of Debian 12's backports (254) instead of the installed one: Type=notify-reload needs 253, and
FileDescriptorStoreMax= as it is used here 254. What the version can't do is said, and not counted.

Needs root, systemd 252 or later (it need not be what the machine was booted with), JDK 17 or later, and Maven. Takes some minutes.
USAGE
}

jdk=17 part='' backports=
while (($#)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --jdk)
      (($# > 1)) && [[ $2 =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
      jdk=$2
      shift 2
      ;;
    --backports) backports=yes; shift ;;
    -*) say "unknown argument '$1'"; usage >&2; exit 2 ;;
    *) [[ -z $part ]] || { usage >&2; exit 2; }; part=$1; shift ;;
  esac
done

# require PROGRAM PACKAGE
require() {
  command -v "$1" > /dev/null || {
    say "needs $1: install it (Debian, Ubuntu: apt install $2)"
    exit 2
  }
}

# fetch_backports : unpacks it, with apt's own lists kept apart from the machine's.
fetch_backports() {
  local tree=$DOWNLOADS/systemd-backports apt=$DOWNLOADS/apt package options
  if [[ ! -e $tree/complete ]]; then
    rm -rf "$tree" "$apt"
    mkdir -p "$tree" "$apt/lists/partial" "$apt/cache/archives/partial"
    echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm-backports main' > "$apt/sources.list"
    options=(-q -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache")
    say "fetching systemd from bookworm-backports (log: $apt/log)"
    (cd "$apt" && apt-get "${options[@]}" update && apt-get "${options[@]}" download systemd libsystemd-shared) > "$apt/log" 2>&1 || {
      tail -n 5 "$apt/log" >&2
      say "can't fetch it: see $apt/log"
      exit 2
    }
    for package in "$apt"/*.deb; do
      dpkg -x "$package" "$tree"
    done
    touch "$tree/complete"
  fi
  export SYSTEMD_TREE=$tree
}

require systemctl systemd
require systemd-socket-activate systemd
require unshare util-linux
[[ -x /lib/systemd/systemd ]] || { say "needs /lib/systemd/systemd: install it (Debian, Ubuntu: apt install systemd)"; exit 2; }
version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
((version >= 252)) || { say "needs systemd 252 or later: $version is installed"; exit 2; }
[[ $(id -u) == 0 ]] || { say "needs root, for namespaces of its own: run it with sudo"; exit 2; }
[[ -z $backports ]] || fetch_backports

find_java
build jdk
rm -rf "$LOGS"
mkdir -p "$LOGS"
exec campaigns/own-systemd.sh "$LOGS" "$JAVA" -XX:TieredStopAtLevel=4 -XX:-UsePerfData -cp "src-it/target/classes:src-it/target/lib/*" \
  -Dgraceful.agent.jar="$PWD/agent/target/graceful.jar" -Dgraceful.test-apps="$PWD/test-apps" -Dgraceful.docs="$PWD/docs" \
  io.graceful.it.systemd.Campaign "$LOGS" "$jdk" "$part"
