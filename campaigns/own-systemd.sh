#!/usr/bin/env bash
# Runs a command beside a `systemd --user` of its own, which sees none of this machine's units and can change none of its files.
#
# usage: campaigns/own-systemd.sh DIRECTORY COMMAND...
#
# DIRECTORY is the only place on disk where the two can write. /tmp and /run are their own and empty, and the only units are those in
# DIRECTORY/units: units of the distribution would empty /tmp, mount and unmount, and load modules. Their pid namespace and their
# cgroup end with the command, and with them every process in there. With SYSTEMD_TREE, to which Debian's packages of another
# version were unpacked, it is the systemd of that tree. Needs root, and a cgroup v2 hierarchy that can be written to.
set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LIBRARIES=/usr/lib/$(uname -m)-linux-gnu/systemd

fail() {
  echo "own-systemd: $*" >&2
  exit 2
}

outside() {
  local directory=$1 status=0
  shift
  [[ $(id -u) == 0 ]] || fail "needs root, for namespaces of its own: run it with sudo"
  mkdir -p "$directory/units" "$directory/home" "$directory/none"
  directory=$(cd "$directory" && pwd)
  group=$(findmnt -rno TARGET -t cgroup2 | head -n 1)
  [[ -n $group ]] || fail "needs a cgroup v2 hierarchy: there is none"
  group=$group/graceful-campaign-$$
  mkdir "$group" || fail "can't make $group: the cgroup hierarchy must be writable"
  trap end EXIT
  trap 'exit 130' INT TERM
  # The child enters the group before its namespace of cgroups is made, and so sees nothing above it.
  unshare --mount --pid --fork --mount-proc --kill-child -- "$0" --in-group "$group" "$directory" "$@" < /dev/null &
  child=$!
  wait "$child" || status=$?
  return "$status"
}

end() {
  [[ -z ${child:-} ]] || ! kill -KILL "$child" 2> /dev/null || wait "$child" 2> /dev/null || true
  # The last of them may still be ending.
  for ((i = 0; i < 100; i++)); do
    find "$group" -depth -type d -exec rmdir {} + 2> /dev/null && return
    sleep 0.1
  done
  echo "own-systemd: can't remove $group" >&2
}

in_group() {
  echo $$ > "$1/cgroup.procs"
  shift
  exec unshare --cgroup -- "$0" --inside "$@"
}

inside() {
  local directory=$1 place target
  shift
  use_tree
  isolate "$directory"
  for place in / /etc /var /root /home /opt /dev/shm "$REPO" "$REPO/agent"; do
    [[ ! -d $place ]] || ! touch "$place/.canary" 2> /dev/null || fail "$place can be written to: nothing is started"
  done

  for target in basic shutdown sockets campaign; do
    printf '[Unit]\nDescription=%s\n' "$target" > "$directory/units/$target.target"
  done
  install -d /run/systemd/system # It starts only where the machine was booted with systemd.
  # As the system's own manager: services of any user may talk to it, their RuntimeDirectory= is in /run, and
  # their environment is empty but for what the manager sets.
  export XDG_RUNTIME_DIR=/run
  (
    umask 0
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$directory/home" XDG_RUNTIME_DIR=/run \
      SYSTEMD_UNIT_PATH="$directory/units" SYSTEMD_GENERATOR_PATH="$directory/none" SYSTEMD_ENVIRONMENT_GENERATOR_PATH="$directory/none" \
      SYSTEMD_LOG_TARGET=console /lib/systemd/systemd --user --unit=campaign.target
  ) > "$directory/systemd.log" 2>&1 < /dev/null &
  "$@"
}

# Its programs look for their libraries where the distribution has them.
use_tree() {
  local program
  [[ -n ${SYSTEMD_TREE:-} ]] || return 0
  mount --make-rprivate /
  mount --bind "$SYSTEMD_TREE$LIBRARIES" "$LIBRARIES"
  mount --bind "$SYSTEMD_TREE/lib/systemd" /lib/systemd
  for program in /bin/systemctl /usr/bin/systemd-socket-activate; do
    mount --bind "$SYSTEMD_TREE$program" "$program"
  done
}

# isolate DIRECTORY : a view of the machine in which only this directory can be written.
isolate() {
  local mount
  mount --make-rprivate /
  mount -t tmpfs own-run /run
  mkdir /run/repo /run/directory
  mount --bind "$REPO" /run/repo
  mount --bind "$1" /run/directory
  mount -t tmpfs own-tmp /tmp
  mkdir -p "$REPO"
  mount --bind /run/repo "$REPO"
  mount --bind /run/directory "$1"
  umount /run/repo /run/directory
  rmdir /run/repo /run/directory
  while IFS= read -r mount; do
    case $mount in
      /run | /tmp | "$1" | /proc | /proc/* | /sys | /sys/* | /dev | /dev/pts) ;;
      *) mount -o remount,bind,ro "$mount" || fail "can't make $mount read-only" ;;
    esac
  done < <(findmnt -rno TARGET)
  umount -R /sys/fs/cgroup
  mount -t cgroup2 own-cgroup /sys/fs/cgroup
}

case ${1:-} in
  --in-group) in_group "${@:2}" ;;
  --inside) inside "${@:2}" ;;
  *) outside "$@" ;;
esac
