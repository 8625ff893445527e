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
connection is lost, or the last generation holds more than the third. All figures are in a file series.csv; where gnuplot is
installed, a plot of them is beside it. Takes about 3 s for each restart.

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

# plot SERIES : four curves over the generations.
plot() {
  gnuplot <<GNUPLOT
set terminal pngcairo size 1200,900
set output '${1%.csv}.png'
set datafile separator ','
set xlabel 'generation'
set key off
set yrange [0:*]
set multiplot layout 2,2
set title 'restart, ms';    plot '$1' skip 1 using 1:2 with points pt 7 ps 0.4
set title 'RSS, MB';        plot '$1' skip 1 using 1:3 with points pt 7 ps 0.4
set title 'descriptors';    plot '$1' skip 1 using 1:4 with points pt 7 ps 0.4
set title 'environment and arguments, bytes'; plot '$1' skip 1 using 1:6 with points pt 7 ps 0.4, '$1' skip 1 using 1:7 with points pt 7 ps 0.4
GNUPLOT
}

find_java
build "$(module_of "$app")"
rm -rf "$LOGS"
mkdir -p "$LOGS"
status=0
(run io.graceful.it.endurance.Endurance "$LOGS" "$jdks" "$restarts" "$app") || status=$?
if command -v gnuplot > /dev/null; then
  for series in "$LOGS"/*/series.csv; do
    plot "$series" && say "plot: ${series%.csv}.png"
  done
fi
exit "$status"
