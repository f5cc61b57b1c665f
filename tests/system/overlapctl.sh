#!/usr/bin/env bash
# Every command of overlapctl against the real service under Wine: installed, started, used and directed while clients
# load all four models, stopped and uninstalled; and every way in which a command can be refused.
#
#   usage: tests/system/overlapctl.sh BUILD_DIR    the build folder of a mingw preset
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/shell.sh
. "$here/../../scripts/shell.sh"
# shellcheck source=scripts/wine.sh
. "$here/../../scripts/wine.sh"
# shellcheck source=scripts/jobs.sh
. "$here/../../scripts/jobs.sh"
# shellcheck source=scripts/service.sh
. "$here/../../scripts/service.sh"

[ $# = 1 ] || die "usage: $0 BUILD_DIR"
build=$(cd "$1" && pwd)
executable=$build/service/overlap-service.exe
program=$build/admin/ctl/overlapctl.exe
for file in "$executable" "$program"; do [ -f "$file" ] || die "$file is not built"; done
for tool in curl jq script; do command -v $tool >/dev/null || die "$tool is needed"; done

models=(device event apc asio)
seconds_max=90
work=$(mktemp -d "${TMPDIR:-/tmp}/overlapctl-test.XXXXXX")
loads=()

finish() {
  local status=$? load
  trap - EXIT
  touch "$work/enough"
  for load in "${loads[@]}"; do kill "$load" 2>/dev/null || true; done
  wine_stop
  if [ "$status" = 0 ]; then rm -rf "$work"; else say "--- kept: $work"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

passed() { say "ok    $*"; }
fail() {
  say "FAIL  $*"
  say "--- out"; cat "$work/out" >&2 || true
  say "--- err"; cat "$work/err" >&2 || true
  exit 1
}

wait_for() { # wait_for TEXT COMMAND...
  local text=$1 end=$((SECONDS + seconds_max))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$text: not within $seconds_max s"
    sleep 0.2
  done
}

# ctl STATUS WORD...: runs overlapctl, whose exit status must be that; leaves `out` and `err`
ctl() {
  local expected=$1 status=0
  shift
  timeout --foreground "$seconds_max" wine "$program" --config "$config" "$@" \
    <"${input:-/dev/null}" 2>"$work/err.crlf" >"$work/out.crlf" || status=$?
  tr -d '\r' <"$work/out.crlf" >"$work/out"
  tr -d '\r' <"$work/err.crlf" >"$work/err"
  [ "$status" = "$expected" ] || fail "overlapctl $*: exit status $status, not $expected"
}
says() { grep -qE -- "$1" "$work/out" || fail "the output has no $1"; }
complains() { grep -qE -- "$1" "$work/err" || fail "standard error has no $1"; }
holds() { jq -e "$1" "$work/out" >/dev/null || fail "the JSON does not satisfy $1"; }

port_of() { service_port_of "$base" "$1"; }

write_config() {
  {
    service_config "$base" "$work/root" "[access]" "anonymous_read = true" "anonymous_write = true" \
      "users_file = 'users.toml'"
  } >"$work/overlap.toml"
}

load_model() { # until the file `enough` is there: downloads and uploads
  local port
  port=$(port_of "$1")
  while [ ! -e "$work/enough" ]; do
    curl --silent --max-time 60 --limit-rate 4M --output /dev/null "http://127.0.0.1:$port/load.bin" || true
    curl --silent --max-time 60 --output /dev/null --upload-file "$work/small" "http://127.0.0.1:$port/up-$1.bin" || true
    sleep 0.1
  done
}

check_installation() {
  ctl 0 uninstall
  says 'is not installed'
  ctl 10 start
  complains 'overlapctl install'
  ctl 10 stop
  ctl 10 install --executable 'C:\nowhere\overlap-service.exe'
  ctl 0 install --executable "$(windows_path "$executable")"
  says 'is installed' # install_overlapctl.sh has the rest
  ctl 0 stop
  says 'does not run'
  ctl 8 status
  complains "does not answer at http://127.0.0.1:$base: connection refused. Is the service running"
  ctl 0 start
  says 'has started'
  ctl 0 start
  says 'runs already'
  wait_for "/readyz" curl --silent --fail --max-time 10 "http://127.0.0.1:$base/readyz"
  passed "install, start, stop and uninstall, each also when there is nothing to do"
}

check_readings() {
  local command
  ctl 0 status
  says '^Overlap 0.*running'
  for command in status models listeners connections transfers uploads events findings 'models apc' 'listeners apc' \
    'config show' 'transfers --finished' version; do
    # shellcheck disable=SC2086
    ctl 0 $command
    # shellcheck disable=SC2086
    ctl 0 $command --json
    holds 'type == "object"'
  done
  ctl 0 models --json
  holds '[.models[].name] | sort == ["apc", "asio", "device", "event"]'
  ctl 0 connections --model apc --limit 1 --json
  holds '.connections | length <= 1 and all(.model == "apc")'
  ctl 0 connections --all
  ctl 0 transfers --finished --since 1h --method PUT --result "done" --limit 5 --json
  holds '.transfers | all(.method == "PUT" and .result == "done")'
  ctl 0 top --once
  says '^MODEL'
  ctl 0 events --severity info --limit 5
  ctl 0 config check
  says 'is valid'
  ctl 0 dashboard
  says "^http://127.0.0.1:$base/#token=..*"
  ctl 0 token show
  says '^[A-Za-z0-9_-]{32,}$'
  passed "every reading, as a table and as JSON, under load"
}

check_top_in_a_terminal() { # a terminal of its own; q ends it and gives the screen back
  mkfifo "$work/keys"
  script --quiet --return --command "wine '$program' --config '$config' top" /dev/null \
    <"$work/keys" >"$work/screen" 2>&1 &
  local top=$! status=0
  exec 8>"$work/keys"
  wait_for "a picture" grep -qa 'LISTENER' "$work/screen"
  printf 's' >&8
  sleep 1
  printf 'q' >&8
  wait "$top" || status=$?
  exec 8>&-
  [ "$status" = 0 ] || fail "top ended with exit status $status"
  passed "top in a terminal ends at q"
}

slow_connection() { # its id
  ctl 0 connections --limit 1000 --json
  jq -er '[.connections[] | select(.transfer.path == "/long.bin")][0].id' "$work/out"
}

check_changes() {
  local id
  ctl 0 pause apc --wait
  says 'apc: paused'
  [ "$(curl -s -o /dev/null -w '%{http_code}' --max-time 30 "http://127.0.0.1:$(port_of apc)/small.txt")" = 503 ] ||
    fail "apc does not answer 503 while paused"
  ctl 0 resume apc --wait
  says 'apc: running'
  ctl 0 switch-model event asio --wait
  says 'event: running on .* by asio'
  ctl 0 switch-model event event --wait
  ctl 0 drain device --wait
  says 'device: drained'
  ctl 0 resume device --wait
  says 'device: running'
  # A connection of its own, which ends by this command and no sooner: no buffer takes so long a file.
  truncate -s 64M "$work/root/long.bin"
  curl --silent --max-time "$seconds_max" --limit-rate 10k --output /dev/null \
    "http://127.0.0.1:$(port_of apc)/long.bin" &
  closed=$!
  loads+=("$closed")
  wait_for "the download of long.bin" slow_connection
  ctl 0 close "$(slow_connection)"
  ! wait "$closed" || fail "the connection was not closed"
  ctl 10 close 999999999
  ctl 10 delete-upload nothing
  curl --silent --fail --max-time 30 --output /dev/null -X POST -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 100' \
    -H "Upload-Metadata: filename $(printf 'half.bin' | base64)" "http://127.0.0.1:$(port_of asio)/" || fail "no upload was made"
  ctl 0 uploads --json
  id=$(jq -r '.uploads[0].id // empty' "$work/out")
  [ -n "$id" ] || fail "the upload is not shown"
  ctl 0 delete-upload "$id"
  ctl 10 delete-upload "$id"
  passed "pause, resume, drain, switch-model, close and delete-upload under load"
}

check_reload() {
  ctl 0 reload
  sed -i 's/^level = "info"/level = "debug"/' "$work/overlap.toml"
  ctl 0 reload
  says 'log.level'
  cp "$work/overlap.toml" "$work/aside.toml"
  printf '[limits]\nchunk_bites = 1\n' >>"$work/overlap.toml"
  ctl 1 config check
  complains 'chunk_bites'
  ctl 1 --url "http://127.0.0.1:$base" --token-file "$(windows_path "$work/admin-token")" reload
  complains 'chunk_bites'
  sed 's/^\[store\]/&\nthreads = 7/' "$work/aside.toml" >"$work/overlap.toml"
  ctl 7 reload
  complains 'store.threads'
  cp "$work/aside.toml" "$work/overlap.toml"
  ctl 0 reload
  passed "reload applies all or nothing, and says why"
}

check_refusals() {
  ctl 1 no-such-command
  ctl 1 switch-model apc iocp
  ctl 10 models nothing
  ctl 10 pause nothing
  printf 'not-the-token-not-the-token-not-the-token\n' >"$work/wrong"
  ctl 9 --token-file "$(windows_path "$work/wrong")" pause apc
  complains 'does not take the token from the file'
  input=$work/wrong ctl 9 --token-stdin pause apc
  complains 'from standard input'
  OVERLAP_TOKEN=wrong ctl 9 reload
  complains 'OVERLAP_TOKEN'
  ctl 8 --url http://127.0.0.1:1 status
  OVERLAP_URL=http://127.0.0.1:1 ctl 8 status
  ctl 1 --url nonsense status
  passed "every refusal has its exit status and its reason"
}

check_users_and_token() {
  local before
  ctl 0 user add alice --home /alice --no-password
  ctl 0 user list
  says '^alice'
  ctl 7 user add alice --no-password
  ctl 0 user token alice --label ci
  ctl 0 user remove alice
  ctl 0 token show
  before=$(cat "$work/out")
  ctl 0 token rotate
  ctl 0 token show
  [ "$(cat "$work/out")" != "$before" ] || fail "the token is the old one"
  wait_for "the new token" wine "$program" --config "$config" pause apc
  ctl 0 resume apc
  printf '%s\n' "$before" >"$work/old"
  ctl 9 --token-file "$(windows_path "$work/old")" pause apc
  passed "user and token"
}

check_completion() {
  ctl 0 completion powershell
  says 'Register-ArgumentCompleter -Native'
  ctl 0 complete -- swi
  says '^switch-model'
  ctl 0 complete --next -- --config "$config" pause
  says '^apc'
  says '^device'
  passed "completion"
}

mkdir -p "$work/root"
head -c $((8 << 20)) /dev/urandom >"$work/root/load.bin"
head -c 100000 /dev/urandom >"$work/small"
printf 'small\n' >"$work/root/small.txt"
base=$(service_ports 6)
config=$(windows_path "$work/overlap.toml")
write_config
wine_raise_file_limit
wine_new_prefix "$work/wine"
wine_environment "$work/wine"
wine_boot || fail "Wine did not start"

check_installation
for model in "${models[@]}"; do
  load_model "$model" &
  loads+=($!)
done
check_readings
check_top_in_a_terminal
check_changes
check_reload
check_refusals
check_users_and_token
check_completion
touch "$work/enough"
for load in "${loads[@]}"; do wait "$load" || true; done
loads=()
ctl 0 stop
says 'has stopped'
ctl 0 start
ctl 0 uninstall
says 'is uninstalled'
ctl 10 start
passed "stop, start and uninstall of a running service"
say "overlapctl passed."
