#!/usr/bin/env bash
# Every way in which a start of the service can fail, and the service in a console.
#
#   usage: tests/system/service_start_failures.sh BUILD_DIR    the build folder of a mingw preset
set -euo pipefail
# shellcheck source=tests/system/service_under_test.sh
. "$(cd "$(dirname "$0")" && pwd)/service_under_test.sh"
admin_port=$(service_ports 6)
occupant= # a second instance, in console mode

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

mkdir -p "$work/root"
start_wine_with_trace
create_service
check_failures
check_working_directory
write_config "$work/overlap.toml"
check_ctrl_c
say "Every start failed as it should."
