#!/usr/bin/env bash
# The service under the service manager: created, started, used on every listener, paused, continued, stopped amid transfers,
# killed, deleted.
#
#   usage: tests/system/service_lifecycle.sh BUILD_DIR    the build folder of a mingw preset
set -euo pipefail
# shellcheck source=tests/system/service_under_test.sh
. "$(cd "$(dirname "$0")" && pwd)/service_under_test.sh"
admin_port=$(service_ports 5)

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
  sc stop "$service" >/dev/null
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

delete_service() {
  sc delete "$service"
  if wine sc query "$service" </dev/null >/dev/null 2>&1; then fail "the service is still there after sc delete"; fi
  passed "sc delete"
}

mkdir -p "$work/root"
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
delete_service
say "The service passed its life."
