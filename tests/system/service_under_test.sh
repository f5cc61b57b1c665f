# Sourced by the tests of the real service with BUILD_DIR as the only argument: the service under the service manager, in a
# Wine prefix of its own that ends with the script, and what looks at it. The script sets `admin_port`, the first of its ports.
#
# Wine's Event Log only traces what is reported to it, on the standard error of the first program of the prefix.
# shellcheck shell=bash disable=SC2154
system_tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/shell.sh
. "$system_tests/../../scripts/shell.sh"
# shellcheck source=scripts/wine.sh
. "$system_tests/../../scripts/wine.sh"
# shellcheck source=scripts/service.sh
. "$system_tests/../../scripts/service.sh"

[ $# = 1 ] || die "usage: $0 BUILD_DIR"
build=$(cd "$1" && pwd)
executable=$build/service/overlap-service.exe
controls=$build/tests/system/service_controls.exe
for file in "$executable" "$controls"; do [ -f "$file" ] || die "$file is not built"; done
for tool in curl jq script sha256sum; do command -v $tool >/dev/null || die "$tool is needed"; done

service=Overlap
models=(device event apc asio)
seconds_max=90 # for anything to happen on a busy machine
work=$(mktemp -d "${TMPDIR:-/tmp}/overlap-service-test.XXXXXX")
trace=$work/trace
log=$work/log/overlap.log

finish() {
  local status=$?
  trap - EXIT
  exec 8>&- # ends the occupant
  wine_stop
  if [ "$status" = 0 ]; then
    rm -rf "$work"
  else
    say "--- trace of the Event Log"
    grep -a ':eventlog:\|ReportEvent' "$trace" >&2 || true
    say "--- log"
    tail -n 30 "$log" >&2 || true
    say "--- kept: $work"
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# ---- small tools

passed() { say "ok    $*"; }
fail() { say "FAIL  $*"; exit 1; }

wait_for() { # wait_for TEXT COMMAND...: until the command succeeds
  local text=$1 end=$((SECONDS + seconds_max))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$text: not within $seconds_max s"
    sleep 0.1
  done
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port_closed() { ! port_open "$1"; }
status_of() { curl -s -o /dev/null -w '%{http_code}' --max-time 60 "http://127.0.0.1:$1/"; } # status_of PORT

sc() { wine sc "$@" </dev/null | tr -d '\r'; }
control() { wine "$controls" "$service" "$1" </dev/null | tr -d '\r' || fail "control $1"; }
field() { sc query "$service" | awk -v name="$1" '$1 == name {print $3}'; }
state_is() { [ "$(field STATE)" = "$1" ]; } # 1 stopped, 4 running

admin() { curl --silent --show-error --fail --max-time 20 "http://127.0.0.1:$admin_port$1"; }
port_of() { # port_of MODEL
  local i
  for i in "${!models[@]}"; do [ "${models[i]}" != "$1" ] || printf '%d\n' $((admin_port + 1 + i)); done
}

event_count() { # event_count ID: reports of that event so far
  grep -aci "ReportEventW ([^,]*,[^,]*,[^,]*,$1," "$trace" || true
}
event_more_often() { [ "$(event_count "$1")" -gt "$2" ]; } # event_more_often ID COUNT
expect_event() { # expect_event ID INSERT...: the last report of that event comes to have these inserts
  wait_for "event $1" event_more_often "$1" 0
  wait_for "event $1 with the inserts ${*:2}, not: $(last_inserts "$1")" last_event_has "$@"
  passed "event $1 is in the Event Log: ${*:2}"
}
last_inserts() { # last_inserts ID
  tac "$trace" | awk -v id=",$1," 'tolower($0) ~ id {exit} {print}' | tac | grep -a ':ReportEventW L"' || true
}
last_event_has() { # last_event_has ID INSERT...
  local seen insert
  seen=$(last_inserts "$1")
  for insert in "${@:2}"; do grep -aqF -- "$insert" <<<"$seen" || return 1; done
}
expect_category() { # expect_category ID CATEGORY: every report of that event has it
  [ "$(grep -aoi "ReportEventW ([^,]*,[^,]*,[^,]*,$1," "$trace" | cut -d, -f3 | sort -u)" = "$2" ] || fail "the category of event $1"
  passed "event $1 has the category $2"
}

# ---- the system under test

write_config() { # write_config FILE [SED EXPRESSION]: one listener a model; the expression spoils it
  local model
  {
    printf '[store]\nroot = %s\n' "'$(windows_path "$work/root")'"
    printf '[access]\nanonymous_read = true\nanonymous_write = true\n'
    printf '[timeouts]\ndrain_seconds = 60\n'
    printf '[admin]\nport = %d\nanonymous_read = true\n' "$admin_port"
    printf '[log]\nfile = %s\n' "'log\\overlap.log'" # relative: to the folder of this file
    printf 'event_log_level = "info"\n'
    for model in "${models[@]}"; do printf '[[listener]]\nmodel = "%s"\nport = %d\n' "$model" "$(port_of "$model")"; done
  } | sed "${2:-}" >"$1"
}

start_wine_with_trace() {
  wine_raise_file_limit
  wine_new_prefix "$work/wine"
  wine_environment "$work/wine"
  wine_quietly wineserver -p || fail "wineserver did not start"
  WINEDEBUG=-all,+advapi,+eventlog timeout --foreground "$wine_boot_seconds_max" \
    wine cmd /c exit </dev/null >/dev/null 2>"$trace" || fail "Wine did not start"
}

create_service() {
  sc create "$service" binPath= "\"$(windows_path "$executable")\" --config \"$(windows_path "$work/overlap.toml")\"" start= demand
  sc description "$service" "File transfer on four I/O models"
  state_is 1 || fail "the service was not created"
  passed "sc create"
}

start_service() {
  sc start "$service" >/dev/null
  wait_for "RUNNING after sc start" state_is 4
  wait_for "/readyz" admin /readyz
  passed "sc start: RUNNING and ready"
}

no_process() { # of the service, that is; the occupant runs in console mode
  local entry
  for entry in /proc/[0-9]*; do
    if grep -qsF overlap-service "$entry/cmdline" && ! grep -qsF -- --console "$entry/cmdline" &&
      grep -qsF "WINEPREFIX=$work/" "$entry/environ"; then return 1; fi
  done
}
