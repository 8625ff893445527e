#!/usr/bin/env bash
# Campaign: restarts with 100, 1,000 and 10,000 keep-alive connections
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
NAME=scale
. src-it/run.sh
LOGS=$PWD/target/campaign/scale

usage() {
  cat <<'USAGE'
usage: ./campaign scale [--jdk VERSION] [--restarts N] [--rate N] [--connections N,N...] [APP...]

Restarts each app 3 times (--restarts) with 100, 1000 and 10000 keep-alive connections (--connections) on JDK 25 (--jdk), all held
by one client that makes 2000 requests a second (--rate), blindly. Prints for each restart what failed, how many connections
were kept, how long it took from the handover to the new process's first answer on the last of them, and the latencies.
Exits with 1 if a request fails, a connection is lost, or one is on its way between the processes for more than 250 ms. The apps
are those of test-apps/README.md; if none is given, nio, netty-epoll, tomcat-nio and jetty. Takes about two minutes each.

Needs the JDK that it runs on (25) and one from 17 on, Maven, and a limit of open files (ulimit -Hn) of 1000 more than the connections.
USAGE
}

wrong() {
  say "$*"
  usage >&2
  exit 2
}

jdk=25 restarts=3 rate=2000 connections=100,1000,10000 apps=()
while (($#)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --jdk | --restarts | --rate | --connections)
      (($# > 1)) || wrong "$1 needs a value"
      [[ $2 =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]] || wrong "$1 is a number, not '$2'"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    -*) wrong "unknown argument '$1'" ;;
    *) apps+=("$1"); shift ;;
  esac
done
((${#apps[@]})) || apps=(nio netty-epoll tomcat-nio jetty)

most=$(tr , '\n' <<< "$connections" | sort -n | tail -n 1)
limit=$(ulimit -Hn)
if [[ $limit != unlimited ]] && ((limit < most + 1000)); then
  say "$most connections need $((most + 1000)) open files, but the limit (ulimit -Hn) is $limit"
  exit 2
fi
ulimit -Sn "$limit"

find_java
modules=()
for app in "${apps[@]}"; do
  modules+=("$(module_of "$app")")
done
build "${modules[@]}"
rm -rf "$LOGS"
mkdir -p "$LOGS"
run io.graceful.it.scale.Scale "$LOGS" "$jdk" "$restarts" "$rate" "$connections" "$(IFS=, && echo "${apps[*]}")"
