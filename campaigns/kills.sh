#!/usr/bin/env bash
# Campaign: either process killed at random moments of a handover, again and again
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. campaigns/maven.sh
LOGS=$PWD/target/campaign/kills

usage() {
  cat <<'USAGE'
usage: ./campaign kills [KILLS=10] [-- MAVEN_OPTION...]

Builds, and on JDK 17 and 25 kills KILLS successors and KILLS predecessors at random moments between the trigger and the end of
the soak, under keep-alive load: the other process must serve on, and nothing may be lost but what the dead one had. Exits with 1
if more is. Another seed: -- -Dgraceful.it.seed=N

Needs JDK 17 and 25, and Maven.
USAGE
}

main() {
  local kills=10
  case ${1:-} in
    -h | --help) usage; exit 0 ;;
    -- | '') ;;
    *[!0-9]*) usage >&2; exit 2 ;;
    *) kills=$1; shift ;;
  esac
  [[ ${1:-} != -- ]] || shift
  mkdir -p "$LOGS"
  build_all kills "$LOGS"
  echo "kills: $kills of each (log: target/campaign/kills/tests.log)"
  if run_class KilledInHandover "$LOGS/tests.log" "$LOGS/servers" 1 "-Dgraceful.it.kills=$kills" "$@"; then
    echo "kills: passed: $(counts "$LOGS/tests.log")"
  else
    explain "$LOGS/tests.log"
    echo "kills: FAILED: see $LOGS/tests.log and $LOGS/servers"
    exit 1
  fi
}

main "$@"
