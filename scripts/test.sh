#!/usr/bin/env bash
# Runs every test that this machine can run, stage by stage, and stops at the first stage that fails.
#   usage: scripts/test.sh [--quick | --help]
#     --quick   leaves out ThreadSanitizer, the packages, the system tests, the clients that others wrote, the kills and the
#               transfers of run.sh
# The logs of the stages lie in build/test/. The last line tells how many tests passed and failed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell.sh"
. "$here/jobs.sh"
. "$here/build.sh"
. "$here/wine.sh"

quick=false
logs=$overlap_top/build/test
job_patience_seconds=90 # run.sh is a job here, and stops a service when it is told to end
passed=0
failed=0
wine_prefix=
small_volume=
port=8160 # of the transfers; a service that runs on the usual ports is left alone

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

finish() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  job_end_current
  if [ -n "$wine_prefix" ]; then
    wine_stop
    rm -rf "$wine_prefix"
  fi
  unmount_small_volume
  printf '%d passed, %d failed\n' "$passed" "$failed"
  exit "$status"
}

# What ctest counted in a log, added to the totals: "97% tests passed, 1 tests failed out of 33".
count_tests() { # count_tests LOG
  local all bad
  read -r bad all < <(awk '/tests passed, .* tests failed out of/ {bad += $4; all += $NF} END {print bad + 0, all + 0}' "$1")
  counted=
  [ "$all" = 0 ] || counted=", $all tests"
  passed=$((passed + all - bad))
  failed=$((failed + bad))
}

# Inside of the job: what the script itself says when it is interrupted must not land in the log.
into_log() { "${@:2}" >"$1" 2>&1; }

# stage NAME COMMAND...: one line about it; on failure the end of its log, and nothing after it
stage() {
  local name=$1 log=$logs/$1.log started=$SECONDS status=0 counted
  shift
  printf '%-22s ' "$name"
  job_run into_log "$log" "$@" || status=$?
  count_tests "$log"
  if [ "$status" = 0 ]; then
    printf 'ok      %4d s%s\n' $((SECONDS - started)) "$counted"
    return 0
  fi
  printf 'FAILED  %4d s%s\n' $((SECONDS - started)) "$counted"
  [ -n "$counted" ] || failed=$((failed + 1))
  tail -n 120 "$log"
  printf 'Stage %s failed with status %d; the whole log is %s\n' "$name" "$status" "$log"
  exit 1
}

tidy() {
  "$overlap_top/tests/tidy/tidy.sh" --self-test && "$overlap_top/tests/tidy/tidy.sh"
}

run_ctest() { # run_ctest PRESET OPTION...
  cd "$overlap_top" && ctest --preset "$1" --no-tests=error "${@:2}"
}

native() { # native PRESET [TARGET LABEL]: the portable part, or the suites of a label
  stage "$1-build" build_preset "$1" ${2:+"$2"}
  stage "$1-tests" run_ctest "$1" --parallel "$(nproc)" ${3:+--label-regex "$3"}
}

start_test_wine() {
  local prefix
  prefix=$(wine_default_prefix)-test
  wine_raise_file_limit
  wine_environment "$prefix"
  wine_end_server
  rm -rf "$prefix"
  wine_prefix=$prefix
  stage wine wine_start "$prefix"
}

# A volume that the tests of the store fill up. Only root may mount one, and not in every container: those cases are
# skipped without it.
mount_small_volume() {
  small_volume=$(mktemp -d "${TMPDIR:-/tmp}/overlap-small.XXXXXX")
  if mount -t tmpfs -o size=8m overlap-small "$small_volume" 2>/dev/null; then
    export OVERLAP_SMALL_VOLUME="Z:${small_volume//\//\\}"
  else
    say "No small volume can be mounted: the cases of a full disk are skipped."
  fi
}
unmount_small_volume() {
  [ -n "$small_volume" ] || return 0
  if [ -n "${OVERLAP_SMALL_VOLUME:-}" ] && ! umount "$small_volume"; then
    say "The small volume $small_volume cannot be unmounted."
  elif ! rmdir "$small_volume"; then
    say "The folder $small_volume is not empty."
  fi
}

windows() {
  stage mingw-build build_preset mingw
  if ! $quick; then stage packages "$overlap_top/tests/installer/packages.sh"; fi
  start_test_wine
  mount_small_volume
  # One at a time: the suites load all processors themselves, and their deadlines are meant for that.
  stage mingw-tests run_ctest mingw --label-exclude system
  if ! $quick; then
    stage system-tests run_ctest mingw --label-regex system --parallel 2
    stage transfers "$here/run.sh" --once --port "$port"
    cat "$logs/transfers.log"
    stage interrupts "$overlap_top/tests/system/run_ends_cleanly.sh" $((port + 10))
  fi
}

main() {
  local started=$SECONDS
  case "${1:-}" in
    "") ;;
    --quick) quick=true ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "unknown option $1 (scripts/test.sh --help)" ;;
  esac
  if $quick; then "$here/setup.sh" --packages; else "$here/setup.sh" --clients; fi
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mkdir -p "$logs"
  stage setup "$here/setup.sh"
  OVERLAP_PREFIX=$(prefix_folder)
  export OVERLAP_PREFIX
  stage tidy tidy
  native linux-asan
  if ! $quick; then
    stage metrics "$overlap_top/tests/metrics/check.sh"
    native linux-tsan thread_tests threads
  fi
  windows
  printf 'All stages passed in %d s.\n' $((SECONDS - started))
}

main "$@"
