#!/usr/bin/env bash
# Builds the service, starts it under Wine, moves real files through all four I/O models, prints what each model did,
# and serves until Ctrl-C.
#
#   usage: scripts/run.sh [OPTION...]
#     --root DIR      the folder to serve (default: a sample folder under build/)
#     --port BASE     admin endpoint at BASE, models at BASE+1 device, +2 event, +3 apc, +4 asio (default 8100)
#     --once          end after the table. Exit status 0 only if every transfer was identical, if
#                     submitted = completed + in_flight held in every snapshot taken during the load,
#                     and if nothing was in flight after the stop
#     --json          the table as JSON on standard output, and nothing else there
#     --config FILE   a configuration of your own; --root and --port must then say what it says about
#                     the folder and the ports
#     --help          this text
#
# The service listens on 127.0.0.1 only and lets everybody read and write there.
# Ctrl-C or SIGTERM ends the service and its Wine; nothing stays behind.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell.sh"
. "$here/jobs.sh"
. "$here/build.sh"
. "$here/wine.sh"
. "$here/service.sh"
. "$here/transfers.sh"

models=("${service_models[@]}")
base=8100
root=
config=
once=false
json=false

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
  while [ $# != 0 ]; do
    case $1 in
      --root | --port | --config)
        [ $# -ge 2 ] || die "$1 needs a value (scripts/run.sh --help)"
        case $1 in
          --root) root=$2 ;;
          --port) base=$2 ;;
          --config) config=$2 ;;
        esac
        shift
        ;;
      --once) once=true ;;
      --json) json=true ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "unknown option $1 (scripts/run.sh --help)" ;;
    esac
    shift
  done
  # Five ports are needed from BASE on.
  if ! [[ $base =~ ^[0-9]{1,5}$ ]] || ((10#$base < 1024 || 10#$base > 65531)); then
    die "--port must be a number from 1024 to 65531, not $base"
  fi
  base=$((10#$base))
  [ -z "$root" ] || [ -d "$root" ] || die "--root $root is not a folder"
  if [ -n "$config" ]; then
    [ -f "$config" ] || die "--config $config is not a file"
    [ -n "$root" ] || die "--config needs --root as well: the folder that the configuration serves"
  fi
}

# ---- ends: every way out of the script leads through here

state=          # the folder of this run
service_status= # its exit status, once it has ended
poller=         # asks for snapshots during the load
uploads=        # the folder that the load makes in the served one
wine_wanted=false
serving= # while serving: the exit status that the table has earned

stop_service() {
  [ -n "$service_pid" ] || return 0
  service_status=0
  service_stop || service_status=$?
}

finish() {
  local status=$?
  trap '' INT TERM HUP # a second Ctrl-C must not leave half of it behind
  trap - EXIT
  job_end_current
  job_end "$poller"
  stop_service
  if $wine_wanted; then wine_stop; fi
  remove_uploads
  [ -z "$state" ] || rm -rf "$state"/{payload,stdin,polled,snapshot} # what is worth reading stays
  exit "$status"
}

interrupted() { # interrupted STATUS
  say
  if [ -n "$serving" ]; then # Ctrl-C is how serving ends
    say "Stopping."
    stop_service
    if [ "$serving" = 0 ] && stopped_cleanly; then exit 0; fi
    exit 1
  fi
  say "Interrupted; cleaning up."
  exit "$1"
}

remove_uploads() {
  case "$uploads" in */overlap-run.*) rm -rf "$uploads" ;; esac
}

# ---- the service

port_of() { service_port_of "$base" "$1"; }

check_ports() {
  local port
  for ((port = base; port <= base + ${#models[@]}; ++port)); do
    ! service_port_taken "$port" ||
      die "port $port on 127.0.0.1 is in use (needed: $base to $((base + ${#models[@]}))); end that program or choose --port"
  done
}

toml_string() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

make_sample_folder() {
  local folder=$1
  [ ! -d "$folder" ] || { printf '%s\n' "$folder"; return; }
  mkdir -p "$folder/photos"
  printf 'This folder is served by Overlap on four I/O models.\n' >"$folder/readme.txt"
  printf '<!doctype html><title>Overlap</title><p>Hello from <a href="readme.txt">Overlap</a>.\n' >"$folder/index.html"
  head -c 1048576 /dev/urandom >"$folder/one-mebibyte.bin"
  head -c 300000 /dev/urandom >"$folder/photos/not really a photo.jpg"
  : >"$folder/empty.txt"
  printf '%s\n' "$folder"
}

write_config() {
  local model
  {
    printf '# Written by scripts/run.sh.\n[store]\nroot = %s\n\n' "$(toml_string "$(windows_path "$root")")"
    # Everybody may write: the service itself refuses this on any address but loopback.
    printf '[access]\nanonymous_read = true\nanonymous_write = true\n\n'
    printf '[admin]\naddress = "127.0.0.1"\nport = %d\nanonymous_read = true\n\n' "$base"
    printf '[log]\nlevel = "info"\nevent_log = false\n'
    for model in "${models[@]}"; do
      printf '\n[[listener]]\nmodel = "%s"\naddress = "127.0.0.1"\nport = %d\n' "$model" "$(port_of "$model")"
    done
  } >"$1"
}

admin() { curl --silent --show-error --fail --max-time 10 "http://127.0.0.1:$base$1"; }

start_service() {
  service_start "$overlap_top/build/mingw/service/overlap-service.exe" "$config" "$base" "$state" \
    --final-snapshot "$(windows_path "$state")\\final.json"
}

start_wine() { # boots it as a job, then takes over its environment
  local prefix=$overlap_cache/wine-run-$base
  wine_raise_file_limit
  wine_environment "$prefix"
  wine_wanted=true
  job_run wine_start "$prefix" || exit 1
}

stopped_cleanly() {
  [ "$service_status" = 0 ] && [ -f "$state/final.json" ] &&
    jq -e -L "$here" 'include "figures"; [stop_problems] == []' "$state/final.json" >/dev/null
}

serve() {
  local model
  say
  say "Serving $root until Ctrl-C; statistics at http://127.0.0.1:$base/api/v1/models"
  for model in "${models[@]}"; do say "  $model: http://127.0.0.1:$(port_of "$model")/"; done
  wait "$service_pid" || true
  tail -n 20 "$state/service.log" >&2
  die "the service has ended by itself; its last words are above"
}

# ---- the load and what it shows

poll_snapshots() { # until the file `polled` is there; it must answer while every model is at work
  while [ ! -e "$state/polled" ]; do
    if admin /api/v1/models >"$state/snapshot" 2>>"$state/snapshot-errors"; then
      cat "$state/snapshot" >>"$state/snapshots"
    fi
    sleep 0.1
  done
}

snapshot_after_load() { # until no connection is open: what curl has closed, the service may not have noticed yet
  local waited
  for ((waited = 0; waited < 300; ++waited)); do
    admin /api/v1/models >"$state/idle.json" || return 1
    if jq -e -L "$here" 'include "figures"; all(.models[]; open_connections == 0)' "$state/idle.json" >/dev/null; then
      return 0
    fi
    sleep 0.1
  done
  say "Some connections were still open 30 s after the last transfer."
  return 1
}

load_all_models() {
  local model
  uploads=$(mktemp -d "$root/overlap-run.XXXXXX") || die "cannot write into $root"
  chmod 755 "$uploads"
  step "Making files to send" make_payload "$state/payload"
  job_start poll_snapshots
  poller=$job_pid
  for model in "${models[@]}"; do
    say "Transferring through $model (port $(port_of "$model"))"
    mkdir -p "$uploads/$model" "$state/$model"
    job_run transfer_all "$state/payload" "http://127.0.0.1:$(port_of "$model")/${uploads##*/}/$model" \
      "$uploads/$model" "$state/$model" || die "the transfers through $model could not be measured"
    rm -rf "${uploads:?}/$model"
  done
  touch "$state/polled"
  wait "$poller" || true
  poller=
  drained=true
  snapshot_after_load || drained=false
  remove_uploads
  uploads=
}

# Joins measurements and statistics into $state/result.json.
write_result() { # write_result STATISTICS STOPPED
  local model measured=()
  for model in "${models[@]}"; do
    measured+=("$model" "$state/$model/figures.json")
  done
  while [ ${#measured[@]} != 0 ]; do
    jq --arg name "${measured[0]}" '{name: $name} + .' "${measured[1]}"
    measured=("${measured[@]:2}")
  done | jq -s . >"$state/measured.json"
  touch "$state/snapshots" "$state/snapshot-errors"
  jq -n -L "$here" --slurpfile measured "$state/measured.json" --slurpfile statistics "$1" \
    --slurpfile snapshots "$state/snapshots" --rawfile snapshot_errors "$state/snapshot-errors" \
    --argjson drained "$drained" --argjson stopped "$2" --argjson exit_status "${service_status:-null}" \
    'include "figures"; result' >"$state/result.json"
}

print_result() {
  jq -r '.problems[]' "$state/result.json" >&2
  if $json; then
    cat "$state/result.json"
  else
    jq -r -L "$here" 'include "figures"; table' "$state/result.json"
  fi
  jq -e .ok "$state/result.json" >/dev/null
}

main() {
  parse_arguments "$@"
  trap finish EXIT
  trap 'interrupted 129' HUP
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  check_ports # first, when it costs nothing to start over
  "$here/setup.sh" --packages
  job_run "$here/setup.sh" >/dev/null || die "the libraries could not be built"
  OVERLAP_PREFIX=$(prefix_folder)
  export OVERLAP_PREFIX
  job_run step "Building the service" build_preset mingw overlap-service || exit 1

  state=$overlap_top/build/run-$base
  mkdir -p "$overlap_top/build"
  exec 6>"$state.lock"
  flock --nonblock 6 || die "another scripts/run.sh of this checkout uses port $base"
  rm -rf "${state:?}"/{*.json,snapshots,snapshot-errors,payload,polled,stdin,service.log}
  mkdir -p "$state"
  [ -n "$root" ] || root=$(make_sample_folder "$state/sample")
  if [ -z "$config" ]; then
    config=$state/overlap.toml
    write_config "$config"
  fi

  check_ports # again: the build may have taken minutes
  start_wine
  start_service
  load_all_models
  if $once; then
    stop_service
    [ -f "$state/final.json" ] || { cat "$state/service.log" >&2; die "the service ended without its last figures"; }
    write_result "$state/final.json" true
    print_result
  else
    write_result "$state/idle.json" false
    serving=0
    print_result || serving=1
    serve
  fi
}

main "$@"
