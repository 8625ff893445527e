# Sourced by campaigns that run Maven.

# run_maven LOG ARGUMENT... : quiet, with all output in LOG.
run_maven() {
  local log=$1
  shift
  mvn -B "$@" < /dev/null > "$log" 2>&1
}

# explain LOG : the errors in Maven's log, less its advice.
explain() {
  grep '^\[ERROR\]' "$1" | grep -v -E '^\[ERROR\] ($|To see|Re-run|For more|See |-> |\[Help)' | head -n 20 >&2 || tail -n 5 "$1" >&2
}
