#!/usr/bin/env bash
# Campaign: whatever can go wrong in and around a restart, one thing after the other
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
NAME=faults
. src-it/run.sh
LOGS=$PWD/target/campaign/faults
DOWNLOADS=$PWD/target/campaign/downloads # agents and a server that must get on with our agent

usage() {
  cat <<'USAGE'
usage: ./campaign faults [--jdk VERSION,VERSION...] [PART_OF_A_NAME]

Starts a server under load for each fault, lets it happen, and looks whether clients noticed, whether the process that serves holds
what it held before (descriptors, threads, children, temporary files), whether the operator was told in one line, and whether the
next restart succeeds, under load too. A fault for which a download is missing was not tried, and counts as a shortfall. Prints a
verdict for each, and a table; exits with 1 if any fell short. JDK 17 and 25 (--jdk). With a part of a name, such as "successor" or
"is killed", only those. Takes about 15 s for each fault.

Needs the JDKs that it runs on (17 and 25), Maven, and the network for the first time: it fetches other agents and JRuby.
USAGE
}

jdks=17,25 part=
while (($#)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --jdk)
      (($# > 1)) && [[ $2 =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]] || { usage >&2; exit 2; }
      jdks=$2
      shift 2
      ;;
    -*) say "unknown argument '$1'"; usage >&2; exit 2 ;;
    *) [[ -z $part ]] || { usage >&2; exit 2; }; part=$1; shift ;;
  esac
done

# fetch GROUP:ARTIFACT:VERSION... : into DOWNLOADS, unless they are there.
fetch() {
  local artifact
  for artifact; do
    maven dependency:copy -Dartifact="$artifact" -DoutputDirectory="$DOWNLOADS"
  done
}

find_java
build jdk
fetch org.jacoco:org.jacoco.agent:0.8.14:jar:runtime io.opentelemetry.javaagent:opentelemetry-javaagent:2.20.1 \
  io.prometheus.jmx:jmx_prometheus_javaagent:1.0.1 org.jruby:jruby-complete:9.3.15.0 net.bytebuddy:byte-buddy:1.12.10
rm -rf "$LOGS"
mkdir -p "$LOGS"
run -Dgraceful.it.downloads="$DOWNLOADS" io.graceful.it.faults.Faults "$LOGS" "$jdks" "$part"
