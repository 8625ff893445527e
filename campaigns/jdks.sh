#!/usr/bin/env bash
# Campaign: the integration tests on the JDKs that this machine lacks: 8, 11, 21
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. campaigns/maven.sh
LOGS=$PWD/target/campaign/jdks

usage() {
  cat <<'USAGE'
usage: ./campaign jdks [VERSION...] [-- MAVEN_OPTION...]

Fetches JDKs 8, 11 and 21 (or those named) from Debian into .jdks/ if they aren't there, builds, and runs the integration
tests of src-it on each. Exits with 1 if any JDK can't be had, or any test fails, is skipped, or doesn't run.

  ./campaign jdks 8 -- -Dit.test=RestartUnderLoadIT     one JDK, one class of tests

Needs root for debootstrap, JDK 17 or later, and Maven. Takes 0.3 GB and less than a minute per JDK to fetch.
USAGE
}

main() {
  local versions=() version home homes=() found=() failed=0
  while (($#)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --) shift; break ;;
      *[!0-9]* | '') usage >&2; exit 2 ;;
      *) versions+=("$1"); shift ;;
    esac
  done
  ((${#versions[@]})) || versions=(8 11 21)
  mkdir -p "$LOGS"

  for version in "${versions[@]}"; do
    if home=$(campaigns/fetch-jdk.sh "$version"); then
      homes+=("$home")
      found+=("$version")
    else
      verdict "$version" "failed: can't be fetched, see above"
      failed=1
    fi
  done

  build_all jdks "$LOGS"

  local IFS=:
  export JDK_HOMES="${homes[*]}${JDK_HOMES:+:$JDK_HOMES}"
  unset IFS
  for version in "${found[@]}"; do
    run_tests "$version" "$@" || failed=1
  done
  exit "$failed"
}

# run_tests VERSION MAVEN_OPTION... : one run of failsafe, so that one JDK's failure hides nothing of the next one's.
run_tests() {
  local version=$1 log=$LOGS/jdk$1.log summary=src-it/target/failsafe-reports/failsafe-summary.xml status=0 began=$SECONDS
  shift
  echo "jdks: testing on JDK $version (log: ${log#"$PWD"/})"
  rm -rf src-it/target/failsafe-reports
  run_maven "$log" -pl src-it failsafe:integration-test failsafe:verify \
    "-Dgraceful.it.jdks=$version" "-Dgraceful.it.logs=$LOGS/jdk$version" "$@" || status=$?

  # Maven alone would be content with tests that were skipped.
  local completed errors failures skipped
  completed=$(count completed) errors=$(count errors) failures=$(count failures) skipped=$(count skipped)
  local counts="$completed tests, $failures failures, $errors errors, $skipped skipped, $((SECONDS - began)) s"
  if ((status == 0 && completed > 0 && errors + failures + skipped == 0)); then
    verdict "$version" "passed: $counts"
    return
  fi
  explain "$log"
  verdict "$version" "failed: $counts; see $log and $LOGS/jdk$version"
  return 1
}

count() {
  local number
  number=$(sed -n "s,.*<$1>\([0-9]*\)</$1>.*,\1,p" "$summary" 2> /dev/null)
  echo "${number:-0}"
}

verdict() {
  local release
  release=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' ".jdks/jdk$1/release" 2> /dev/null) || true
  echo "jdks: JDK $1${release:+ ($release)} $2"
}

main "$@"
