#!/usr/bin/env bash
# Campaign: the agent's unit tests of what depends on the CPU, on an emulated aarch64
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. campaigns/maven.sh
LOGS=$PWD/target/campaign/aarch64

usage() {
  cat <<'USAGE'
usage: ./campaign aarch64 [TESTS] [-- MAVEN_OPTION...]

Fetches OpenJDK 17 for arm64 into .jdks/, and runs the agent's unit tests that match TESTS (a pattern of Surefire's -Dtest,
default: io/graceful/os/**/*Test, but for a few) in it under qemu-aarch64-static. Exits with 1 if any fails or is skipped, or if
there is none.

Left out is what qemu can't do: seccomp filters (ForbiddenUnshareTest); memory shared with a process made by clone(2) (an orphan
starts, but its starter isn't told); a packet with more descriptors than there is room for; Java's own child processes, unless
binfmt_misc knows qemu. The other tests' children run on this machine's CPU. A whole restart can't be tested like this:
/proc/PID/syscall and SigCgt show the emulator's system calls and signals, not those of the program in it.
USAGE
}

main() {
  local tests='io/graceful/os/**/*Test,!**/ForbiddenUnshareTest,!**/DelayedExitTest,!**/SpawnRequestTest#an_orphan*'
  tests+=',!**/FdMessagesTest#of_more_descriptors*,!**/ProcFsTest#knows_who_descends*'
  local home log=$LOGS/tests.log
  while (($#)); do
    case $1 in
      -h | --help) usage; exit 0 ;;
      --) shift; break ;;
      -*) usage >&2; exit 2 ;;
      *) tests=$1; shift ;;
    esac
  done
  mkdir -p "$LOGS"
  home=$(campaigns/fetch-jdk.sh 17 arm64)

  # Surefire wants one program.
  mkdir -p "$LOGS/jdk/bin"
  printf '#!/bin/sh\nexec qemu-aarch64-static "%s/bin/java" "$@"\n' "$home" > "$LOGS/jdk/bin/java"
  chmod +x "$LOGS/jdk/bin/java"

  echo "aarch64: building (log: target/campaign/aarch64/build.log)"
  if ! run_maven "$LOGS/build.log" -pl agent -DskipTests test-compile; then
    explain "$LOGS/build.log"
    echo "aarch64: the build failed: see $LOGS/build.log" >&2
    exit 1
  fi

  echo "aarch64: testing (log: ${log#"$PWD"/})"
  local status=0 counts began=$SECONDS
  run_maven "$log" -pl agent surefire:test "-Djvm=$LOGS/jdk/bin/java" "-Dtest=$tests" "$@" || status=$?
  counts=$(sed -n 's/^\[[A-Z]*\] \(Tests run: [0-9]*, Failures: [0-9]*, Errors: [0-9]*, Skipped: [0-9]*\).*/\1/p' "$log" | tail -n 1)
  if ((status == 0)) && [[ $counts == "Tests run: "[1-9]*", Skipped: 0" ]]; then
    echo "aarch64: JDK 17 (arm64 by qemu) passed: $counts, $((SECONDS - began)) s"
  else
    explain "$log"
    echo "aarch64: JDK 17 (arm64 by qemu) failed: ${counts:-no test ran}; see $log"
    exit 1
  fi
}

main "$@"
