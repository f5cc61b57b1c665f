#!/usr/bin/env bash
# The service under the service manager, in a Wine prefix of its own: created, started, used on every listener, paused,
# continued, stopped amid a transfer, deleted; then every way in which a start can fail.
#
#   usage: tests/system/service_lifecycle.sh BUILD_DIR    the build folder of a mingw preset
#
# Wine's Event Log only traces what is reported to it, on the standard error of the first program of the prefix.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/shell.sh
. "$here/../../scripts/shell.sh"
# shellcheck source=scripts/wine.sh
. "$here/../../scripts/wine.sh"
# shellcheck source=scripts/service.sh
. "$here/../../scripts/service.sh"

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
occupant= # a second instance, in console mode

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

transfer() { # transfer MODEL: up and down, compared
  local url
  url=http://127.0.0.1:$(port_of "$1")/$1.bin
  head -c $((5 * 1024 * 1024 + 17)) /dev/urandom >"$work/payload"
  curl --silent --show-error --fail --max-time "$seconds_max" --upload-file "$work/payload" "$url" || fail "PUT on $1"
  curl --silent --show-error --fail --max-time "$seconds_max" --output "$work/back" "$url" || fail "GET on $1"
  [ "$(sha256sum <"$work/payload")" = "$(sha256sum <"$work/root/$1.bin")" ] || fail "$1: the stored file differs"
  [ "$(sha256sum <"$work/payload")" = "$(sha256sum <"$work/back")" ] || fail "$1: what came back differs"
  passed "PUT and GET on $1, SHA-256 alike"
}

check_admin() {
  [ "$(admin /livez >/dev/null && echo alive)" = alive ] || fail "/livez"
  admin /version | jq -e '.version | length > 0' >/dev/null || fail "/version"
  admin /api/v1/models | jq -e '[.models[] | .name] | sort == ["apc", "asio", "device", "event"]' >/dev/null || fail "/api/v1/models"
  admin /api/v1/models | jq -e 'all(.models[]; .consistent and .requests_total["2xx"] >= 2)' >/dev/null || fail "the statistics"
  passed "the admin endpoint answers, and the statistics are consistent"
}

check_controls() {
  local model
  control interrogate
  control paramchange
  expect_event 0x4000002c overlap.toml nothing
  sed -i 's/^drain_seconds = 60/drain_seconds = 61/' "$work/overlap.toml"
  control paramchange
  expect_event 0x4000002c overlap.toml timeouts.drain_seconds
  mv "$work/overlap.toml" "$work/aside.toml"
  control paramchange
  expect_event 0x80000028 'cannot be read'
  mv "$work/aside.toml" "$work/overlap.toml"
  control unknown
  control pause
  expect_event 0x40000005
  for model in "${models[@]}"; do
    [ "$(status_of "$(port_of "$model")")" = 503 ] || fail "$model does not answer 503 while paused"
  done
  ! admin /readyz >/dev/null 2>&1 || fail "/readyz is on while paused"
  admin /livez >/dev/null || fail "/livez is off while paused"
  control interrogate
  control continue
  expect_event 0x40000006
  wait_for "/readyz after continue" admin /readyz
  for model in "${models[@]}"; do transfer "$model"; done
}

reload_is_logged() { # reload_is_logged COUNT WHAT: the log has more than that many reloads of it
  [ "$(grep -c "was read again from .*$2" "$log")" -gt "$1" ]
}
change_event_log_level() { # change_event_log_level FROM TO: by a reload
  local before
  before=$(grep -c 'was read again from .*event_log_level' "$log" || true)
  sed -i "s/^event_log_level = \"$1\"/event_log_level = \"$2\"/" "$work/overlap.toml"
  control paramchange
  wait_for "the reload" reload_is_logged "$before" event_log_level
}

refusals_logged() { [ "$(grep -c 'was read again and refused.*drain_secs' "$log")" = "$1" ]; } # refusals_logged COUNT

# At the level "warning" a fault in a loop is told once, and counted; starts and stops are not told. A stop tells the count.
check_event_log_level() {
  local pauses refusals
  change_event_log_level info warning
  pauses=$(event_count 0x40000005)
  refusals=$(event_count 0x80000028)
  control pause
  control continue
  sed -i 's/^drain_seconds/drain_secs/' "$work/overlap.toml"
  for _ in 1 2 3 4 5 6; do control paramchange; done
  wait_for "each refusal in the log file" refusals_logged 6
  sed -i 's/^drain_secs/drain_seconds/' "$work/overlap.toml"
  expect_event 0x80000028 drain_secs
  [ "$(event_count 0x40000005)" = "$pauses" ] || fail "an information event was reported at the level warning"
  # Twice if the first minute ended meanwhile.
  [ "$(event_count 0x80000028)" -le $((refusals + 2)) ] || fail "event 40 was reported each time"
  change_event_log_level warning info
  passed "event_log_level is live; repeats are reported once"
}

# The stop waits for downloads that are under way, and says meanwhile that it is at work.
stop_amid_transfers() {
  local model seen downloads=()
  head -c $((24 * 1024 * 1024)) /dev/urandom >"$work/root/slow.bin"
  for model in "${models[@]}"; do
    curl --silent --show-error --fail --limit-rate 8M --max-time "$seconds_max" --output "$work/slow.$model" \
      "http://127.0.0.1:$(port_of "$model")/slow.bin" &
    downloads+=($!)
  done
  for model in "${models[@]}"; do wait_for "the first bytes from $model" test -s "$work/slow.$model"; done
  seen=$(control stop)
  for model in "${models[@]}"; do
    wait "${downloads[0]}" || fail "the stop cut a transfer of $model off"
    downloads=("${downloads[@]:1}")
    cmp -s "$work/root/slow.bin" "$work/slow.$model" || fail "$model: the file that was under way differs"
  done
  if ! [[ $seen =~ after\ ([0-9]+)\ checkpoints ]] || [ "${BASH_REMATCH[1]}" -lt 3 ]; then
    fail "no progress while stopping: $seen"
  fi
  passed "stop amid a transfer on each model: they ended whole; $seen"
}

# An upload that can be resumed, cut by a stop at the drain deadline, goes on after the next start. Preshutdown and
# shutdown give the same command (tests/unit/service/status_model_test.cpp); Wine never sends them.
resume_after_stop() {
  local url sender offset
  head -c $((3 * 1024 * 1024)) /dev/urandom >"$work/resumed"
  sed -i 's/^drain_seconds = .*/drain_seconds = 1/' "$work/overlap.toml"
  control paramchange
  expect_event 0x4000002c timeouts.drain_seconds
  url=$(curl --silent --show-error --fail --max-time "$seconds_max" --output /dev/null --write-out '%header{location}' \
    --request POST --header 'Tus-Resumable: 1.0.0' --header 'Upload-Length: 3145728' \
    --header "Upload-Metadata: filename $(printf resumed.bin | base64)" \
    "http://127.0.0.1:$(port_of apc)/") || fail "an upload could not be begun"
  case $url in /*) url=http://127.0.0.1:$(port_of apc)$url ;; esac
  curl --silent --max-time "$seconds_max" --limit-rate 100k --output /dev/null --request PATCH \
    --header 'Tus-Resumable: 1.0.0' --header 'Upload-Offset: 0' \
    --header 'Content-Type: application/offset+octet-stream' --data-binary "@$work/resumed" "$url" &
  sender=$!
  wait_for "the upload under way" upload_has_bytes
  control stop
  expect_event 0x80000004
  ! wait "$sender" || fail "the upload was not cut"
  wait_for "STOPPED" state_is 1
  wait_for "the end of the process" no_process
  [ ! -e "$work/root/resumed.bin" ] || fail "half an upload is visible"
  start_service
  offset=$(curl --silent --fail --max-time "$seconds_max" --head --header 'Tus-Resumable: 1.0.0' "$url" |
    tr -d '\r' | awk 'tolower($1) == "upload-offset:" {print $2}')
  [ "${offset:-0}" -gt 0 ] || fail "nothing is left of the upload"
  tail -c +$((offset + 1)) "$work/resumed" >"$work/rest"
  curl --silent --show-error --fail --max-time "$seconds_max" --output /dev/null --request PATCH \
    --header 'Tus-Resumable: 1.0.0' --header "Upload-Offset: $offset" \
    --header 'Content-Type: application/offset+octet-stream' --data-binary "@$work/rest" "$url" || fail "the resumption"
  cmp -s "$work/resumed" "$work/root/resumed.bin" || fail "the resumed upload differs"
  passed "an upload that a stop has cut at $offset bytes was resumed after the next start"
}
upload_has_bytes() { [ -n "$(find "$work/root" -maxdepth 1 -name '.overlap-*' -type f -size +0)" ]; }

# kill -9: nothing of it could be seen but for the marker that it left.
killed_run_is_noticed() {
  local process before
  process=$(sed -n 's/^process = //p' "$work/overlap.running") || fail "no marker while the service runs"
  before=$(event_count 0x80000008)
  kill_service
  wait_for "the end of the killed process" no_process
  wait_for "the port of the killed process" port_closed "$admin_port" # Wine's service manager goes on calling it RUNNING
  [ -f "$work/overlap.running" ] || fail "the killed service has removed its marker"
  start_service
  wait_for "the event of the killed run" event_more_often 0x80000008 "$before"
  expect_event 0x80000008 "L\"$process\"" 'It left no dump: it was ended from outside'
  before=$(event_count 0x80000008)
  control stop >/dev/null
  check_clean_end
  [ ! -e "$work/overlap.running" ] || fail "a clean end has left its marker"
  start_service
  [ "$(event_count 0x80000008)" = "$before" ] || fail "a clean end is told as a crash"
  control stop >/dev/null
  check_clean_end
  passed "a run that was killed is told of at the next start, one that ended is not"
}
kill_service() {
  local entry
  for entry in /proc/[0-9]*; do
    if grep -qsF overlap-service "$entry/cmdline" && ! grep -qsF -- --console "$entry/cmdline" &&
      grep -qsF "WINEPREFIX=$work/" "$entry/environ"; then kill -KILL "${entry#/proc/}"; fi
  done
}

second_instance_is_refused() {
  local said status=0
  said=$(wine "$executable" --console --config "$(windows_path "$work/overlap.toml")" </dev/null 2>&1) || status=$?
  [ "$status" = 6 ] || fail "a second instance ended with exit status $status: $said"
  [[ $said == *"another process ("*") runs with the configuration"*overlap.toml* ]] || fail "a second instance said: $said"
  admin /readyz >/dev/null || fail "a second instance has disturbed the first"
  passed "a second instance with the same configuration is refused and told of the first"
}

# Started from a folder of its own, it takes none of its names from there, nor from where the service manager starts it.
check_working_directory() {
  local made
  mkdir "$work/elsewhere"
  write_config "$work/occupant.toml" "/^root/s|'[^']*'|'Z:$work/occupied'|; s/^\[log\]/&\nevent_log = false/"
  cat >>"$work/occupant.toml" <<<'[journal]
w3c_file = "transfers.log"'
  touch "$work/before"
  (cd "$work/elsewhere" && start_occupant "$work/occupant.toml" ../occupant.toml && stop_occupant) || exit 1
  [ -z "$(ls -A "$work/elsewhere")" ] || fail "in the working directory there is now: $(ls -A "$work/elsewhere")"
  made=$(find "$WINEPREFIX/drive_c/windows/system32" -maxdepth 1 -type f -newer "$work/before")
  [ -z "$made" ] || fail "in System32 there is now: $made"
  [ -f "$work/journal.db" ] && [ -f "$work/transfers.log" ] && [ -f "$work/log/overlap.log" ] ||
    fail "what belongs beside the configuration is not there: $(ls "$work")"
  passed "no file comes into the working directory or into System32"
}

check_clean_end() {
  local port left
  wait_for "STOPPED" state_is 1
  [ "$(field WIN32_EXIT_CODE) $(field SERVICE_EXIT_CODE)" = "0 0" ] || fail "exit codes $(sc query "$service")"
  wait_for "the end of the process" no_process
  for ((port = admin_port; port <= admin_port + 4; ++port)); do port_closed "$port" || fail "port $port is still open"; done
  left=$(find "$work/root" -type f ! -name '*.bin' ! -path '*/.overlap-uploads/*') # there is what it must remember
  [ -z "$left" ] || fail "files were left behind: $left"
  passed "STOPPED with exit code 0; no process, no port, no temporary file is left"
}

no_process() { # of the service, that is; the occupant runs in console mode
  local entry
  for entry in /proc/[0-9]*; do
    if grep -qsF overlap-service "$entry/cmdline" && ! grep -qsF -- --console "$entry/cmdline" &&
      grep -qsF "WINEPREFIX=$work/" "$entry/environ"; then return 1; fi
  done
}

# ---- starts that fail

expect_failed_start() { # expect_failed_start WHAT CODE INSERT...: with the configuration as it is now
  local what=$1 code=$2 before
  shift 2
  before=$(event_count 0xc0000003)
  sc start "$service" >/dev/null
  wait_for "$what: the event" event_more_often 0xc0000003 "$before"
  wait_for "$what: STOPPED" state_is 1
  [ "$(field WIN32_EXIT_CODE) $(field SERVICE_EXIT_CODE)" = "1066 $code" ] || fail "$what: $(sc query "$service")"
  expect_event 0xc0000003 "$@" "L\"$code\""
  wait_for "$what: the end of the process" no_process
  passed "$what: service-specific exit code $code"
}

start_occupant() { # start_occupant CONFIG [NAME]: another instance, which takes ports; NAME is what it is given
  rm -f "$work/occupant.in"
  mkfifo "$work/occupant.in"
  wine "$executable" --console --until-stdin-closes --config "${2:-$(windows_path "$1")}" <"$work/occupant.in" >/dev/null 2>&1 &
  occupant=$!
  exec 8>"$work/occupant.in"
  wait_for "the occupant" admin /readyz
}

stop_occupant() {
  local status=0
  exec 8>&-
  wait "$occupant" || status=$?
  occupant=
  [ "$status" = 0 ] || fail "the console instance ended with exit status $status"
  passed "a console instance ends with standard input, exit status 0"
}

check_failures() {
  write_config "$work/overlap.toml" 's/drain_seconds/drain_secs/'
  expect_failed_start "an unknown key" 1 'overlap.toml' 'drain_secs'
  rm "$work/overlap.toml"
  expect_failed_start "no configuration file" 1 'overlap.toml'

  write_config "$work/overlap.toml" "s|^root = .*|root = 'Z:/no such folder'|"
  expect_failed_start "no folder to serve" 2 'no such folder'

  write_config "$work/overlap.toml" "s/^file = .*/file = 'root'/"
  expect_failed_start "a log file that is a folder" 5 'root'

  mkdir "$work/occupied" # a folder is served once
  write_config "$work/occupant.toml" "/^file/d; s/^\[log\]/&\nevent_log = false/; s|^root = .*|root = 'Z:$work/occupied'|"
  start_occupant "$work/occupant.toml"
  write_config "$work/overlap.toml" "s|^root = .*|root = 'Z:$work/occupied'|"
  expect_failed_start "a folder that another process serves" 2 'occupied' 'another process serves it'
  write_config "$work/overlap.toml" "s/^port = $admin_port\$/port = $((admin_port + 5))/"
  expect_failed_start "a listener's port in use" 3 "port $(port_of device): another program is listening there."
  write_config "$work/overlap.toml" "/^..listener/,\$d"
  printf '[[listener]]\nmodel = "asio"\nport = %d\n' $((admin_port + 5)) >>"$work/overlap.toml"
  expect_failed_start "the admin port in use" 4 "port $admin_port: another program is listening there."
  stop_occupant
}

check_ctrl_c() { # a terminal of its own: Wine turns the character into the console event
  local terminal status=0
  mkfifo "$work/terminal"
  script --quiet --return --command "wine '$executable' --console --config '$(windows_path "$work/overlap.toml")'" \
    /dev/null <"$work/terminal" >/dev/null 2>&1 &
  terminal=$!
  exec 8>"$work/terminal"
  wait_for "the instance in a terminal" admin /readyz
  printf '\003' >&8
  wait "$terminal" || status=$?
  exec 8>&-
  [ "$status" = 0 ] || fail "Ctrl-C gave exit status $status"
  grep -q 'Overlap has stopped: Ctrl-C was pressed' "$log" || fail "the log does not tell of the Ctrl-C"
  passed "Ctrl-C in a terminal stops a console instance, exit status 0"
}

delete_service() {
  sc delete "$service"
  if wine sc query "$service" </dev/null >/dev/null 2>&1; then fail "the service is still there after sc delete"; fi
  passed "sc delete"
}

mkdir -p "$work/root"
admin_port=$(service_ports 6)
start_wine_with_trace
write_config "$work/overlap.toml"
create_service
start_service
expect_event 0x40000001 "$(port_of device)" "$(port_of asio)" 'root'
for model in "${models[@]}"; do transfer "$model"; done
check_admin
check_event_log_level # before the first pause: one that was reported would hide that another would be
check_controls
second_instance_is_refused
stop_amid_transfers
expect_event 0x40000002 'the service manager asked for it'
expect_event 0x8000005c 'L"40"' 'drain_secs'
expect_category 0x40000001 0x0001
expect_category 0x80000028 0x0003
expect_category 0x8000005c 0x0003
check_clean_end
start_service # a second time, for what outlives a stop
resume_after_stop
killed_run_is_noticed
write_config "$work/overlap.toml"
start_service # and stopped by sc
sc stop "$service" >/dev/null
check_clean_end
check_failures
check_working_directory
write_config "$work/overlap.toml"
check_ctrl_c
delete_service
say "The service passed its life."
