#!/usr/bin/env bash
# Manages the real service under Wine while it is as busy as it can be: wrk keeps 1000 connections busy on each of the four
# models, and curl moves files of 64 MiB through every listener, each compared by SHA-256.
#
#   usage: tests/management/run.sh [OPTION...]
#     --only PART         this part only; may be given several times: api ctl dashboard transitions
#     --seconds N         how long transitions.py goes on changing listeners, a whole round at least (default 60)
#     --executable FILE   the service (default: build/mingw/service/overlap-service.exe)
#     --overlapctl FILE   overlapctl (default: build/mingw/admin/ctl/overlapctl.exe)
#     --keep              leaves the folder of the run where it is
#     --help              this text
#
#   api          every route, held against /openapi.json (tests/api)
#   ctl          the commands of overlapctl (ctl.sh)
#   dashboard    the buttons of the dashboard (tests/dashboard)
#   transitions  pauses, drains, other models and reloads amid the transfers: none may be lost (transitions.py)
# Meanwhile watching.py holds all that the service says of itself against itself, and afterwards accounts.py closes the
# books. A line for each check, `ok` or `not ok`, and at the end how many there were.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
. "$top/scripts/shell.sh"
. "$top/scripts/jobs.sh"
. "$top/scripts/wine.sh"
. "$top/scripts/service.sh"
. "$here/ground.sh"

parts=()
seconds=60
overlapctl=$overlap_top/build/mingw/admin/ctl/overlapctl.exe
connections=1000 # of wrk, on each model
load_seconds_max=1200
part_seconds_max=300
transfers_pid=
watching_pid=
wrk_pids=()

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
  while [ $# != 0 ]; do
    case $1 in
      --only | --seconds | --executable | --overlapctl)
        [ $# -ge 2 ] || die "$1 needs a value (tests/management/run.sh --help)"
        case $1 in
          --only) parts+=("$2") ;;
          --seconds) seconds=$2 ;;
          --executable) executable=$(realpath "$2") ;;
          --overlapctl) overlapctl=$(realpath "$2") ;;
        esac
        shift
        ;;
      --keep) keep=true ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "unknown option $1 (tests/management/run.sh --help)" ;;
    esac
    shift
  done
  [ ${#parts[@]} != 0 ] || parts=(api ctl dashboard transitions)
  for part in "${parts[@]}"; do
    case $part in
      api | ctl | dashboard | transitions) ;;
      *) die "there is no part $part (tests/management/run.sh --help)" ;;
    esac
  done
}

# ---- what is loaded

write_config() {
  {
    printf "[store]\nroot = '%s'\n" "$(windows_path "$work/served")"
    printf '[access]\nanonymous_read = true\nanonymous_write = true\nusers_file = "users.toml"\n'
    printf '[limits]\nchunk_bytes = 262144\n'
    printf '[timeouts]\nprogress_seconds = 120\n' # of one chunk, when a thousand others are served first
    printf '[tls]\ncertificate_file = "tls/certificate.pem"\nkey_file = "tls/key.pem"\n'
    printf '[admin]\nport = %d\n[log]\nevent_log = false\n' "$base"
    for model in "${service_models[@]}"; do
      listener "$model" "$model" "$(service_port_of "$base" "$model")"
    done
    listener tls event $((base + 5))
    printf 'tls = true\n'
  } >"$work/overlap.toml"
}

listener() { # listener NAME MODEL PORT
  printf '[[listener]]\nname = "%s"\nmodel = "%s"\nport = %d\n' "$@"
  printf 'connections_max = 2500\nconnections_per_address_max = 2500\n'
  # 63 connections a thread: those of wrk, and as many again that the listener has taken over from another model.
  case $2 in device | event) printf 'threads = 40\n' ;; esac
}

make_certificates() {
  local which
  for which in second first; do # the first is in use first
    mkdir -p "$work/tls/$which"
    overlap certificate create --name localhost,127.0.0.1 --out "$(windows_path "$work/tls/$which")" </dev/null
    mv "$work/tls/$which/overlap-certificate.pem" "$work/tls/$which-certificate.pem"
    mv "$work/tls/$which/overlap-key.pem" "$work/tls/$which-key.pem"
    cp "$work/tls/$which-certificate.pem" "$work/tls/certificate.pem"
    cp "$work/tls/$which-key.pem" "$work/tls/key.pem"
    cat "$work/tls/$which-certificate.pem" >>"$work/tls/both.pem"
  done
}

make_users() {
  local config
  config=$(windows_path "$work/overlap.toml")
  overlap user add reader --allow /=list,read --password-stdin --config "$config" <<<reading-room
  cp "$work/users.toml" "$work/users-less.toml"
  overlap user add later --allow /=list,read --password-stdin --config "$config" <<<reading-room
  mv "$work/users.toml" "$work/users-more.toml"
  cp "$work/users-less.toml" "$work/users.toml"
}

prepare() {
  mkdir -p "$work"/{served/t,tls,state,lines}
  head -c 1024 /dev/urandom >"$work/served/small.bin"
  head -c $((64 << 20)) /dev/urandom >"$work/payload"
  ln "$work/payload" "$work/served/t/large.bin"
  base=$(service_ports 8)
  wine_start "$work/wine"
  write_config
  step "Making certificates and users" make_certificates_and_users
}
make_certificates_and_users() { make_certificates && make_users; }

run_wrk() { exec wrk --threads 1 --connections "$connections" --duration "$load_seconds_max" --timeout 60s "$1"; }
start_wrk() {
  local model
  for model in "${service_models[@]}"; do
    job_start into "$work/wrk-$model.log" run_wrk "http://127.0.0.1:$(service_port_of "$base" "$model")/small.bin"
    wrk_pids+=("$job_pid")
  done
}

run_transfers() { # run_transfers RECORDS
  local model listeners=()
  for model in "${service_models[@]}"; do
    listeners+=("$model=http://127.0.0.1:$(service_port_of "$base" "$model")")
  done
  exec python3 -B "$here/transfers.py" "$work/served" "$work/payload" "$1" "${listeners[@]}" \
    "tls=https://127.0.0.1:$((base + 5))" --ca "$work/tls/both.pem"
}
start_transfers() { # start_transfers NAME
  job_start into "$work/transfers-$1.log" run_transfers "$work/transfers-$1.jsonl"
  transfers_pid=$job_pid
}

run_watching() { exec python3 -B "$here/watching.py" "$base" "$work/admin-token"; }
start_watching() {
  job_start into "$work/watching.log" run_watching
  watching_pid=$job_pid
}

# Those of wrk have what they need: they are as busy as the service lets them.
all_busy() {
  local model
  for model in "${service_models[@]}"; do
    ask "/api/v1/listeners/$model" | jq -e ".connections.current >= $connections" >/dev/null || return 1
  done
}

# ---- the parts

# Transfers that other programs have ended on purpose: what they may have cost.
closed_on_purpose() {
  grep -cE 'asked the management endpoint for DELETE /api/v1/(connections|uploads)/.* Status 204' "$work/state/service.log" || true
}

run_api() {
  exec timeout "$part_seconds_max" python3 -B "$top/tests/api/check.py" "http://127.0.0.1:$base" \
    --token-file "$work/admin-token" --change
}
run_ctl() {
  exec timeout "$part_seconds_max" bash "$here/ctl.sh" "$overlapctl" "$work" "$base"
}
run_dashboard() {
  exec timeout "$part_seconds_max" "$top/tests/dashboard/run.sh" --running "$base" "$work/admin-token" "$work/served"
}
run_transitions() {
  exec timeout "$part_seconds_max" python3 -B "$here/transitions.py" "$base" "$work/admin-token" "$work" \
    "$work/refusing.jsonl" "$seconds"
}

part() { # part NAME
  local started=$SECONDS
  if job_run into "$work/$1.log" "run_$1"; then
    check "$1 under load" true
  else
    check "$1 under load" false
    tail -n 30 "$work/$1.log" | sed 's/^/   /'
  fi
  say "$1: $((SECONDS - started)) s"
}

end_transfers() { # end_transfers NAME LOSSES
  local lost
  kill -TERM "$transfers_pid"
  wait "$transfers_pid" || true
  transfers_pid=
  tail -n 1 "$work/transfers-$1.log" | sed 's/^/   /'
  lost=$(grep -c '^LOST' "$work/transfers-$1.log" || true)
  if [ "$lost" -le "$2" ] && grep -q 'moved whole' "$work/transfers-$1.log"; then
    check "no transfer was lost or damaged ($1; $2 closed on purpose)" true
  else
    check "no transfer was lost or damaged ($1; $2 closed on purpose)" false
    grep '^LOST' "$work/transfers-$1.log" | head -n 10 | sed 's/^/   /' || true
  fi
}

wanted() { [[ " ${parts[*]} " == *" $1 "* ]]; }

under_load() {
  local name
  start_wrk
  start_watching
  wait_for "$connections connections on every model" all_busy
  if wanted api || wanted ctl || wanted dashboard; then
    start_transfers others
    for name in api ctl dashboard; do if wanted "$name"; then part "$name"; fi; done
    end_transfers others "$(closed_on_purpose)"
  fi
  if wanted transitions; then
    start_transfers transitions
    part transitions
    sed -n 's/^ /  /p' "$work/transitions.log"
    end_transfers transitions 0
  fi
}

end_load() {
  local pid
  for pid in "${wrk_pids[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${wrk_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  wrk_pids=()
  for pid in "${service_models[@]}"; do
    sed -nE 's/^ *([0-9]+ requests in|Requests.sec|Socket errors)/   wrk '"$pid"': \1/p' "$work/wrk-$pid.log"
  done
  kill -TERM "$watching_pid"
  if wait "$watching_pid"; then check "every answer came in time and agreed with itself" true; else
    check "every answer came in time and agreed with itself" false
  fi
  watching_pid=
  sed 's/^/   /' "$work/watching.log"
}

close_books() {
  python3 -B "$here/accounts.py" "$base" "$work/admin-token" "$work" >"$work/lines/accounts" 2>&1 ||
    printf 'not ok accounts.py ends with status %d\n' $? >>"$work/lines/accounts"
  cat "$work/lines/accounts"
  stop_service
}

end_jobs() {
  local pid
  for pid in "$transfers_pid" "$watching_pid" "${wrk_pids[@]}"; do job_end "$pid"; done
}

main() {
  parse_arguments "$@"
  check_tools curl jq python3 wrk openssl
  [ -f "$executable" ] || die "$executable is not built"
  begin management
  prepare
  start_service
  ask /api/v1/service >"$work/before.json"
  under_load
  end_load
  close_books
  report
}

main "$@"
