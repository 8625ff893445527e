#!/usr/bin/env bash
# Campaign: keep-alive connections through restarts, loop after loop, until one is lost
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. campaigns/maven.sh
LOGS=$PWD/target/campaign/keepalive

usage() {
  cat <<'USAGE'
usage: ./campaign keepalive [RESTARTS=10] [LOOPS=20] [-- MAVEN_OPTION...]

Builds, and runs LOOPS times over all test apps on JDK 17 and 25: each is restarted RESTARTS times under load, with 60 keep-alive
clients whose connections must last, half of them blind. Stops at the first request that fails or connection that is lost,
leaves the logs of that loop, says where they are, and exits with 1. A loop takes about two minutes per restart.

  ./campaign keepalive 5 100 -- -Dgraceful.it.apps=nio,tomcat-nio -Dgraceful.it.jdks=25     two apps, one JDK

Needs JDK 17 and 25, and Maven.
USAGE
}

main() {
  local numbers=() loop began=$SECONDS
  while (($#)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --) shift; break ;;
      *[!0-9]* | '' | 0*) usage >&2; exit 2 ;;
      *) numbers+=("$1"); shift ;;
    esac
  done
  ((${#numbers[@]} <= 2)) || { usage >&2; exit 2; }
  local restarts=${numbers[0]:-10} loops=${numbers[1]:-20}

  rm -rf "$LOGS"
  mkdir -p "$LOGS"
  build_all keepalive "$LOGS"
  echo "keepalive: $loops loops of $restarts restarts of each app (log: target/campaign/keepalive/tests.log)"
  for ((loop = 1; loop <= loops; loop++)); do
    if ! run_class RestartUnderLoadIT "$LOGS/tests.log" "$LOGS/servers" "$restarts" "$@"; then
      explain "$LOGS/tests.log"
      echo "keepalive: FAILED in loop $loop after $((SECONDS - began)) s: see $LOGS/tests.log and $LOGS/servers"
      exit 1
    fi
    echo "keepalive: loop $loop: $(counts "$LOGS/tests.log")"
  done
  echo "keepalive: passed: $loops loops of $restarts restarts of each app in $((SECONDS - began)) s"
}

main "$@"
