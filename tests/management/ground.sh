# Sourced by the scripts of this folder after those of scripts/: a service of their own, what they ask it, and how they
# say what they found.
# shellcheck shell=bash disable=SC2034,SC2154

executable=$overlap_top/build/mingw/service/overlap-service.exe
keep=false
work=
base=
wait_seconds_max=120

check_tools() {
  local tool missing=()
  for tool in "$@"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [ ${#missing[@]} = 0 ] || die "missing: ${missing[*]}; run scripts/setup.sh --clients"
}

begin() { # begin NAME: a folder of the run's own, which goes with the service when the script ends
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d "${TMPDIR:-/tmp}/overlap-$1.XXXXXX")
  mkdir -p "$work"/{served,state,lines}
}

finish() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  job_end_current
  end_jobs
  service_end
  wine_stop
  if [ -n "$work" ]; then
    if $keep || [ "$status" != 0 ]; then
      rm -rf "$work/served" "$work/payload"* "$work/wine"
      say "The records of the run are kept in $work"
    else
      rm -rf "$work"
    fi
  fi
  exit "$status"
}

into() { "${@:2}" >"$1" 2>&1; }                # into FILE COMMAND...
overlap() { wine "$executable" "$@" | tr -d '\r'; } # a command of the service

start_service() {
  service_start "$executable" "$work/overlap.toml" "$base" "$work/state" --final-snapshot "$(windows_path "$work/final.json")"
}

stop_service() { # also checks how it ends
  local status=0
  service_stop || status=$?
  check "the service stops with status 0 ($status)" "$([ "$status" = 0 ] && echo true || echo false)"
  if jq -e '[.models[] | .consistent and .connections.open == 0 and .queue.in_flight.total == 0] | length > 0 and all' \
    "$work/final.json" >/dev/null; then
    check "its last figures are consistent, and nothing is left" true
  else
    check "its last figures are consistent, and nothing is left" false
    head -c 3000 "$work/final.json" || true
  fi
}

ask() { # ask TARGET [OPTION...]: of the management endpoint
  curl --silent --fail --max-time 60 --header "Authorization: Bearer $(tr -d '\r\n' <"$work/admin-token")" \
    "http://127.0.0.1:$base$1" "${@:2}"
}

wait_for() { # wait_for WHAT COMMAND...
  local what=$1 end=$((SECONDS + wait_seconds_max))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || die "not within $wait_seconds_max s: $what"
    sleep 0.2
  done
}

check() { # check WHAT true|false
  if $2; then printf 'ok %s\n' "$1"; else printf 'not ok %s\n' "$1"; fi | tee -a "$work/lines/checks"
}

report() {
  local all bad
  bad=$(cat "$work"/lines/* | grep -c '^not ok' || true)
  all=$(cat "$work"/lines/* | grep -cE '^(not )?ok' || true)
  [ "$all" != 0 ] || die "nothing was checked"
  printf '%d%% tests passed, %d tests failed out of %d\n' $(((all - bad) * 100 / all)) "$bad" "$all"
  [ "$bad" = 0 ]
}
