#!/usr/bin/env bash
# Every command of overlapctl that needs a service, against one that is busy. Run by run.sh.
#
#   usage: tests/management/ctl.sh OVERLAPCTL WORK BASE    WORK has overlap.toml; Wine is ready to be used
set -euo pipefail
overlapctl=$1
work=$2
base=$3
command_seconds_max=60
bad=0

# ctl STATUS PATTERN WORD...: its exit status, and what its output must have
ctl() {
  local wanted=$1 pattern=$2 status=0 began=$SECONDS
  shift 2
  timeout --foreground "$command_seconds_max" wine "$overlapctl" --config "Z:${work//\//\\}\\overlap.toml" "$@" \
    >"$work/ctl.out" 2>&1 </dev/null || status=$?
  if [ "$status" = "$wanted" ] && grep -qE -- "$pattern" "$work/ctl.out"; then
    printf 'ok %s (%d s)\n' "$*" $((SECONDS - began))
  else
    printf 'WRONG %s: exit status %d, not %d, or no [%s] in:\n%s\n' "$*" "$status" "$wanted" "$pattern" \
      "$(head -n 20 "$work/ctl.out")"
    bad=$((bad + 1))
  fi
}

json() { # json FILTER WORD...
  local filter=$1
  shift
  ctl 0 '^\{' "$@" --json
  tr -d '\r' <"$work/ctl.out" | jq -e "$filter" >/dev/null || {
    printf 'WRONG %s: not as it should be: %s\n' "$*" "$filter"
    bad=$((bad + 1))
  }
}

unfinished_upload() { # prints the id of one that nobody writes to
  local port=$((base + 4)) place
  place=$(curl --silent --fail --max-time 60 --output /dev/null --write-out '%header{location}' --request POST \
    --header 'Tus-Resumable: 1.0.0' --header 'Upload-Length: 100' "http://127.0.0.1:$port/unfinished.bin")
  printf '%s\n' "${place##*/}"
}

readings() {
  json '.state == "running"' status
  json '.models | length == 4 and all(.consistent)' models
  json '.name == "apc"' models apc
  json '.listeners | length == 5 and all(.state == "running")' listeners
  json '.name == "asio"' listeners asio
  json '.connections | length > 500 and all(.model == "event")' connections --model event --limit 1000
  json '.transfers | length > 0' transfers
  json '.transfers | length == 7' transfers --finished --limit 7 --result "done"
  json '.uploads' uploads
  json '.events | length > 0' events
  json '.findings' findings
  json '.config.listener | length == 5' config show
  ctl 0 'Overlap' status
  ctl 0 'apc' models
  ctl 0 'asio' listeners
  ctl 0 'event' connections --limit 3 --model event
  ctl 0 'GET|PUT|PATCH' transfers
  ctl 0 'small' transfers --finished --limit 3 --path /small.bin
  ctl 0 '' uploads
  ctl 0 '' events
  ctl 0 '' findings
  ctl 0 '^MODEL' top --once
  ctl 0 'is valid' config check
  ctl 0 "^http://127.0.0.1:$base/#token=" dashboard
  ctl 0 '^[A-Za-z0-9_-]{32,}' token show
  ctl 0 '0\.' version
  ctl 0 '^apc' complete --next -- --config "Z:${work//\//\\}\\overlap.toml" pause
}

changes() {
  local id
  ctl 0 'apc: paused' pause apc
  ctl 0 'apc: running' resume apc
  ctl 0 'event: running on .* by asio' switch-model event asio
  ctl 0 'event: running on .* by event' switch-model event event
  ctl 0 'device: drain' drain device
  ctl 0 'device: running' resume device
  ctl 0 '' reload
  ctl 10 '' pause nothing
  ctl 10 '' close 999999999999
  ctl 10 '' delete-upload nothing
  id=$(unfinished_upload)
  ctl 0 '' delete-upload "$id"
  # One of wrk, which opens another one.
  id=$(curl --silent --max-time 60 --header "Authorization: Bearer $(tr -d '\r\n' <"$work/admin-token")" \
    "http://127.0.0.1:$base/api/v1/connections?model=device&limit=1000" |
    jq -r '[.connections[] | select(.transfer.path == "/small.bin" and .state != "closing")][0].id // 0')
  ctl 0 '' close "$id"
}

readings
changes
printf '%d wrong\n' "$bad"
[ "$bad" = 0 ]
