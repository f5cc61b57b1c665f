# Sourced after shell.sh: long commands that a signal to the script ends at once, with everything that they started.
# A shell that waits for a foreground command hears a signal only when that command has ended; it hears it at once in
# `wait`. Each command runs in a process group of its own, so that a Ctrl-C at the terminal reaches the script alone and
# the script decides what ends in which order. The descriptors 6 and 7 stay the script's own: what a job leaves running
# must not keep a lock or a pipe of the script's.
#
#   job_run COMMAND...     runs it and waits; standard input is empty; its exit status
#   job_start COMMAND...   the same in the background; $job_pid is its process and group
#   job_end PID            ends that group: asks first, insists after $job_patience_seconds
#   job_end_current        ends what job_run is running now, if anything: for EXIT traps
# shellcheck shell=bash

job_pid=
job_current=
job_patience_seconds=10

job_start() {
  set -m
  "$@" </dev/null 6>&- 7>&- &
  job_pid=$!
  set +m
}

job_run() {
  local status=0
  job_start "$@"
  job_current=$job_pid
  wait "$job_current" || status=$?
  job_current=
  return "$status"
}

# True while a process of the group is alive; a zombie, which a lazy init leaves behind, is not.
job_alive() {
  ps -A -o pgid=,stat= | awk -v group="$1" '$1 == group && $2 !~ /^Z/ {found = 1} END {exit !found}'
}

job_end() {
  local tries
  [ -n "$1" ] || return 0
  kill -TERM -- "-$1" 2>/dev/null || return 0
  for ((tries = 0; tries < job_patience_seconds * 10; ++tries)); do
    job_alive "$1" || break
    sleep 0.1
  done
  kill -KILL -- "-$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

job_end_current() {
  job_end "$job_current"
  job_current=
}
