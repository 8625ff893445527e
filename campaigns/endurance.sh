#!/usr/bin/env bash
# Campaign: 300 restarts in a row of one server under load, and whether anything adds up
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
NAME=endurance
. src-it/run.sh
LOGS=$PWD/target/campaign/endurance

usage() {
  cat <<'USAGE'
usage: ./campaign endurance [--jdk VERSION,VERSION...] [RESTARTS=300] [APP=nio]

Restarts a server under load RESTARTS times on JDK 17 and 25 (--jdk), and prints how long each restart took and what each generation
holds: memory, descriptors, the agent's threads, environment, arguments, zombies, temporary files. Exits with 1 if a request fails, a
connection is lost, the last generation holds other things than the third, or a figure's median in the last third of the
generations is above that in the first third: by 25 % for the time of a restart, 5 % for memory and the JVM's threads, and more
than by accident; anything for the rest. Up to 15 restarts are not compared, up to 60 only what can be counted. All figures are in
a file series.csv, with a plot, series.svg, beside it. Takes about 4 s for each restart.

Needs the JDKs that it runs on (17 and 25), and Maven.
USAGE
}

jdks=17,25 arguments=()
while (($#)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --jdk)
      (($# > 1)) && [[ $2 =~ ^[1-9][0-9]*(,[1-9][0-9]*)*$ ]] || { usage >&2; exit 2; }
      jdks=$2
      shift 2
      ;;
    -*) say "unknown argument '$1'"; usage >&2; exit 2 ;;
    *) arguments+=("$1"); shift ;;
  esac
done
((${#arguments[@]} <= 2)) || { usage >&2; exit 2; }
restarts=${arguments[0]:-300} app=${arguments[1]:-nio}
[[ $restarts =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }

find_java
build "$(module_of "$app")"
rm -rf "$LOGS"
mkdir -p "$LOGS"
run io.graceful.it.endurance.Endurance "$LOGS" "$jdks" "$restarts" "$app"
