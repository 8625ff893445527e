#!/usr/bin/env bash
# Campaign: restarts under load, again and again, on JDK 17 and 25
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. campaigns/maven.sh
LOGS=$PWD/target/campaign/restarts

usage() {
  cat <<'USAGE'
usage: ./campaign restarts [RESTARTS] [-- MAVEN_OPTION...]

Builds, and restarts each test app RESTARTS times (20 if not given) in a row under load on JDK 17 and 25; no request may fail.
Exits with 1 if any does. Takes about two minutes per restart for all apps and both JDKs.

  ./campaign restarts 50 -- -Dgraceful.it.apps=netty-epoll -Dgraceful.it.jdks=25     one app, one JDK

Needs JDK 17 and 25, and Maven.
USAGE
}

main() {
  local restarts=20
  case ${1:-} in
    -h | --help) usage; exit 0 ;;
    -- | '') ;;
    *[!0-9]*) usage >&2; exit 2 ;;
    *) restarts=$1; shift ;;
  esac
  [[ ${1:-} != -- ]] || shift
  mkdir -p "$LOGS"
  build_all restarts "$LOGS"
  echo "restarts: $restarts of each app (log: target/campaign/restarts/tests.log)"
  if run_class RestartUnderLoadIT "$LOGS/tests.log" "$LOGS/servers" "$restarts" "$@"; then
    echo "restarts: passed: $(counts "$LOGS/tests.log"), $restarts restarts each"
  else
    explain "$LOGS/tests.log"
    echo "restarts: FAILED: see $LOGS/tests.log and $LOGS/servers"
    exit 1
  fi
}

main "$@"
