#!/usr/bin/env bash
# Campaign: a million frames and requests of nonsense for each protocol
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. campaigns/maven.sh
LOGS=$PWD/target/campaign/fuzz

usage() {
  cat <<'USAGE'
usage: ./campaign fuzz [N=1000000] [SEED]

Says N frames of nonsense to the old process of a restart, as a new process that has gone mad would, and the other way round; gives
N odd answers about connections that are moving; and sends N requests to a control socket, of nonsense and of all commands. Each must be
refused or come to nothing; the next restart and the next request must succeed, and no client may be lost. Prints the seed if that is not
so, and exits with 1. A million take about 20 minutes.

Needs JDK 17 and Maven.
USAGE
}

main() {
  local number=1000000 seed=
  case ${1:-} in
    -h | --help) usage; exit 0 ;;
    '') ;;
    *[!0-9]* | 0*) usage >&2; exit 2 ;;
    *) number=$1; seed=${2:+-Dgraceful.fuzz.seed=$2} ;;
  esac
  mkdir -p "$LOGS"
  echo "fuzz: $number frames, $number requests (log: target/campaign/fuzz/tests.log)"
  # A request takes some 0.15 ms, so the limit of a unit test is soon reached: 2 ms more for each.
  local options=("-Dgraceful.fuzz=$number" "-Djunit.jupiter.execution.timeout.testable.method.default=$((180 + number / 500)) s")
  if run_maven "$LOGS/tests.log" -pl agent test -Dtest='OddSuccessorTest,OddPredecessorTest,OddAnswersTest,OddClientTest,FrameTest' "${options[@]}" ${seed:+"$seed"}; then
    echo "fuzz: passed: $(grep -E 'Tests run: .*Time elapsed' "$LOGS/tests.log" | sed 's/^\[[A-Z]*\] //' | paste -sd';')"
  else
    explain "$LOGS/tests.log"
    echo "fuzz: FAILED: see $LOGS/tests.log"
    exit 1
  fi
}

main "$@"
