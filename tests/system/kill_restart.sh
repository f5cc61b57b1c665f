#!/usr/bin/env bash
# Kills the service (kill -9) at random moments during uploads and overwrites on all four models, starts it again, and
# looks at what is there: see kill_restart.py.
#
#   usage: tests/system/kill_restart.sh [EXECUTABLE]     default: build/mingw/service/overlap-service.exe
#     OVERLAP_KILLS   how many kills (default 40)
#     OVERLAP_SEED    repeats the choices of a run that printed it
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../scripts/shell.sh"
. "$here/../../scripts/jobs.sh"
. "$here/../../scripts/wine.sh"
. "$here/../../scripts/service.sh"

executable=$(realpath "${1:-$overlap_top/build/mingw/service/overlap-service.exe}")
kills=${OVERLAP_KILLS:-40}
seed=${OVERLAP_SEED:-$RANDOM$RANDOM}
[ -f "$executable" ] || die "$executable is not built"
command -v python3 >/dev/null || die "python3 is missing; run scripts/setup.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/overlap-kills.XXXXXX")

finish() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  job_end_current
  wine_stop
  if [ "$status" = 0 ]; then
    rm -rf "$work"
  else
    tail -n 20 "$work/service.log" >&2 || true
    say "The run with seed $seed is kept in $work"
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

run() {
  cd "$work" && exec python3 -B "$here/kill_restart.py" "$executable" "$(windows_path "$work/overlap.toml")" "$base" \
    "$work/served" "$kills" "$seed"
}

mkdir -p "$work/served"
base=$(service_ports 5)
service_config "$base" "$work/served" "[access]" "anonymous_read = true" "anonymous_write = true" >"$work/overlap.toml"
wine_start "$work/wine"
job_run run
