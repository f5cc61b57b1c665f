#!/usr/bin/env bash
# Interrupts scripts/run.sh at every stage of its life, as Ctrl-C at a terminal and as SIGTERM do, and looks at what is left:
# no process, no port, the exit status that the moment deserves.
#   usage: tests/system/run_ends_cleanly.sh [BASE]    ports from BASE on (default 8170)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../scripts/shell.sh" # gives overlap_top

base=${1:-8170}
end_seconds_max=100
log=$(mktemp)
run=
failures=0
trap 'rm -f "$log"; [ -z "$run" ] || kill -TERM "$run" 2>/dev/null || true' EXIT

# Programs under Wine, and servers of Wine, that belong to the prefix of this port. Zombies have no environment.
survivors() {
  local process
  for process in /proc/[0-9]*; do
    if tr '\0' '\n' <"$process/environ" 2>/dev/null | grep -qx "WINEPREFIX=.*/wine-run-$base"; then
      printf '%s %s\n' "${process#/proc/}" "$(tr '\0' ' ' <"$process/cmdline" 2>/dev/null)"
    fi
  done 2>/dev/null
}

ports_taken() {
  local port
  for ((port = base; port <= base + 4; ++port)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then printf '%d ' "$port"; fi
  done
}

fail() {
  printf 'FAILED: %s\n' "$*"
  sed 's/^/    /' "$log"
  failures=$((failures + 1))
}

await_text() { # await_text TEXT
  local tries
  for ((tries = 0; tries < 6000; ++tries)); do
    if grep -q -- "$1" "$log"; then return 0; fi
    kill -0 "$run" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

# interrupt SIGNAL TARGET TEXT STATUS: when run.sh has said TEXT, sends the signal to it alone (TARGET script) or, as a
# terminal does, to its group (TARGET group).
interrupt() {
  local signal=$1 target=$2 text=$3 expected=$4 status=0 started left taken what
  what="SIG$signal to the $target at \"$text\""
  : >"$log"
  # As under a terminal: in a group of its own, and with no signal ignored, whatever this script was started by.
  set -m
  env --default-signal=HUP,INT,TERM "$overlap_top/scripts/run.sh" --port "$base" >"$log" 2>&1 </dev/null &
  run=$!
  set +m
  await_text "$text" || { fail "$what: never said so"; return 0; }
  started=$SECONDS
  case $target in
    script) kill -s "$signal" "$run" ;;
    group) kill -s "$signal" -- "-$run" ;;
  esac
  (
    sleep "$end_seconds_max"
    kill -KILL "$run"
  ) 2>/dev/null &
  local watchdog=$!
  wait "$run" || status=$?
  run=
  kill "$watchdog" 2>/dev/null || true
  wait "$watchdog" 2>/dev/null || true
  [ "$status" = "$expected" ] || fail "$what: exit status $status, not $expected"
  left=$(survivors)
  [ -z "$left" ] || fail "$what: still running: $left"
  taken=$(ports_taken)
  [ -z "$taken" ] || fail "$what: ports still taken: $taken"
  printf '%s: ended after %d s\n' "$what" $((SECONDS - started))
}

interrupt TERM script "Building the service" 143
interrupt INT group "Building the service" 130
interrupt TERM script "Starting Wine" 143
interrupt INT group "Making files to send" 130
interrupt TERM script "Transferring through device" 143
interrupt INT group "Transferring through event" 130
interrupt INT group "until Ctrl-C" 0
interrupt TERM script "until Ctrl-C" 0
[ "$failures" = 0 ]
