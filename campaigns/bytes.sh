#!/usr/bin/env bash
# Campaign: 120 uploads and downloads at a time through restarts, each byte checked
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. campaigns/maven.sh
LOGS=$PWD/target/campaign/bytes
APPS=httpserver,threads,nio,nio2,tomcat-nio,tomcat-nio2,jetty,undertow,netty-nio,netty-epoll

usage() {
  cat <<USAGE
usage: ./campaign bytes [RESTARTS=5] [-- MAVEN_OPTION...]

Builds, and restarts test apps RESTARTS times on JDK 17 and 25 while 60 uploads and 60 downloads of known content are on their way
in each; every byte must arrive once and in its place. Exits with 1 if any doesn't. Takes about two minutes per restart.
The apps are $APPS.

  ./campaign bytes 20 -- -Dgraceful.it.apps=spring-boot -Dgraceful.it.jdks=25     another app, one JDK

Needs JDK 17 and 25, and Maven.
USAGE
}

main() {
  local restarts=5
  case ${1:-} in
    -h | --help) usage; exit 0 ;;
    -- | '') ;;
    *[!0-9]* | 0*) usage >&2; exit 2 ;;
    *) restarts=$1; shift ;;
  esac
  [[ ${1:-} != -- ]] || shift
  mkdir -p "$LOGS"
  build_all bytes "$LOGS"
  echo "bytes: $restarts restarts of each app (log: target/campaign/bytes/tests.log)"
  # Of two values Maven takes the last.
  if run_class ByteExactnessIT "$LOGS/tests.log" "$LOGS/servers" "$restarts" "-Dgraceful.it.apps=$APPS" "$@"; then
    echo "bytes: passed: $(counts "$LOGS/tests.log"), $restarts restarts each"
  else
    explain "$LOGS/tests.log"
    echo "bytes: FAILED: see $LOGS/tests.log and $LOGS/servers"
    exit 1
  fi
}

main "$@"
