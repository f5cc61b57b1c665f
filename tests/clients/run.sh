#!/usr/bin/env bash
# Drives programs that others wrote against the real service, on all four models, with and without TLS.
#
#   usage: tests/clients/run.sh [OPTION...]
#     --only NAME         this client only; may be given several times: curl_reading curl_writing curl_access aria2 wget
#                         lftp rclone tus draft changing large_folder operator examples slowhttptest
#     --model MODEL       this listener only: device, event, apc or asio
#     --executable FILE   the service (default: build/mingw/service/overlap-service.exe)
#     --keep              leaves the folder of the run where it is
#     --help              this text
#
# A line for each check, `ok` or `not ok`, and at the end how many there were. Needs the packages of
# scripts/setup.sh --clients, and tus-js-client from the npm registry that this machine uses.
set -euo pipefail
export LC_ALL=C.UTF-8 # file names are UTF-8 to all programs here, whatever the machine's language
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
. "$top/scripts/shell.sh"
. "$top/scripts/jobs.sh"
. "$top/scripts/wine.sh"
. "$top/scripts/service.sh"

clients=(curl_reading curl_writing aria2 wget lftp rclone tus draft changing) # at the same time on all models
# Change what all share. Of curl_access: its failed log-ins hold back everybody at its address.
alone=(curl_access large_folder operator examples)
impatient=(slowhttptest) # need a service with little patience
models=("${service_models[@]}")
client_seconds_max=600
only=()
keep=false
executable=$overlap_top/build/mingw/service/overlap-service.exe
work=
running=() # jobs

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
  while [ $# != 0 ]; do
    case $1 in
      --only | --model | --executable)
        [ $# -ge 2 ] || die "$1 needs a value (tests/clients/run.sh --help)"
        case $1 in
          --only) only+=("$2") ;;
          --model) models=("$2") ;;
          --executable) executable=$(realpath "$2") ;;
        esac
        shift
        ;;
      --keep) keep=true ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "unknown option $1 (tests/clients/run.sh --help)" ;;
    esac
    shift
  done
  case ${models[0]} in
    device | event | apc | asio) ;;
    *) die "--model must be device, event, apc or asio, not ${models[0]}" ;;
  esac
  for name in "${only[@]}"; do [ -f "$here/$name.sh" ] || die "there is no client $name"; done
}

wanted() { # wanted NAME
  [ ${#only[@]} = 0 ] || [[ " ${only[*]} " == *" $1 "* ]]
}

finish() {
  local status=$? job
  trap '' INT TERM HUP
  trap - EXIT
  job_end_current
  for job in "${running[@]}"; do job_end "$job"; done
  service_end
  wine_stop
  if [ -n "$work" ]; then
    if $keep; then say "The run is kept in $work"; else rm -rf "$work"; fi
  fi
  exit "$status"
}

# ---- what the clients need

check_tools() {
  local tool missing=()
  for tool in curl jq openssl python3 aria2c wget lftp rclone slowhttptest node npm sha256sum; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} = 0 ] || die "missing: ${missing[*]}; run scripts/setup.sh --clients"
  [ -f "$executable" ] || die "$executable is not built"
}

# Outside of the checkout, and named after what it is made of.
install_modules() {
  local stamp
  stamp=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c1-12)
  modules=$overlap_cache/clients/$stamp
  if [ -e "$modules/.complete" ]; then return; fi
  mkdir -p "$modules"
  cp "$here/package.json" "$here/package-lock.json" "$modules/"
  (cd "$modules" && step "Fetching tus-js-client" npm ci --no-audit --no-fund --ignore-scripts)
  touch "$modules/.complete"
}

modules_beside() { # modules_beside FOLDER: a module is looked for beside the file that imports it
  mkdir -p "$1"
  cp "$here"/*.mjs "$1/"
  ln -s "$modules/node_modules" "$1/node_modules"
}

overlap() { wine "$executable" "$@" | tr -d '\r'; } # a command of the service

make_users() { # make_users CONFIG: and $reader_token
  local config model
  config=$(windows_path "$1")
  overlap user add reader --allow /=list,read --password-stdin --config "$config" <<<reading-room
  reader_token=$(overlap user token reader --config "$config" </dev/null | grep -o 'overlap_[A-Za-z0-9_-]*' | head -n 1)
  [ -n "$reader_token" ] || die "user token printed no token"
  overlap user add certified --no-password --allow /=list,read --config "$config" </dev/null
  for model in "${models[@]}"; do
    overlap user add "writer-$model" --home "/curl_access-$model" --password-stdin --config "$config" <<<writing-room
  done
}

make_certificate() {
  overlap certificate create --name localhost,127.0.0.1 --out "$(windows_path "$work/tls")" </dev/null
  certificate=$work/tls/overlap-certificate.pem
  key=$work/tls/overlap-key.pem
  [ -f "$certificate" ] && [ -f "$key" ] || die "certificate create made no certificate and key"
}

# An authority for certificates of clients, one of the user `certified`, and one that a stranger has signed.
make_client_certificates() (
  local name
  cd "$work/tls"
  printf 'extendedKeyUsage = clientAuth\n' >extensions
  for name in authority stranger; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2 -subj "/CN=$name" \
      -keyout "$name-key.pem" -out "$name.pem"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -subj /CN=certified \
      -keyout "by-$name-key.pem" -out "by-$name.csr"
    openssl x509 -req -in "by-$name.csr" -CA "$name.pem" -CAkey "$name-key.pem" -CAcreateserial -days 2 \
      -extfile extensions -out "by-$name.pem"
  done
)

write_config() { # write_config FILE LINE...: the lines go on from the section access
  local config=$1
  shift
  {
    service_config "$base" "$work/served" "[access]" "anonymous_read = true" "anonymous_write = true" "$@" \
      "[tls]" "certificate_file = '$(windows_path "$certificate")'" "key_file = '$(windows_path "$key")'" \
      "client_ca_file = '$(windows_path "$work/tls/authority.pem")'"
    service_tls_config "$base"
  } >"$config"
}

ordinary_config() {
  write_config "$work/overlap.toml" "users_file = 'users.toml'" \
    "[limits]" "body_bytes_max = 900000000000000" "listing_entries_max = 20000"
}

impatient_config() {
  write_config "$work/impatient.toml" "[timeouts]" "head_seconds = 4" "idle_seconds = 4" "progress_seconds = 4"
}

# ---- the clients

# Standard error goes with the checks: a client's script has nothing to say there unless it is broken.
client_run() { # client_run NAME MODEL
  local port
  port=$(service_port_of "$base" "$2")
  env OVERLAP_CLIENT="$1" OVERLAP_MODEL="$2" OVERLAP_ORIGIN="http://127.0.0.1:$port" \
    OVERLAP_TLS_ORIGIN="https://127.0.0.1:$((port + ${#service_models[@]}))" OVERLAP_ADMIN="http://127.0.0.1:$base" \
    OVERLAP_SERVED="$work/served" OVERLAP_SCRATCH="$work/scratch" OVERLAP_AUTHORITY="${certificate:-}" \
    OVERLAP_CERTIFICATES="$work/tls" OVERLAP_EXECUTABLE="$executable" OVERLAP_CONFIG="$work/overlap.toml" \
    OVERLAP_READER_TOKEN="${reader_token:-}" OVERLAP_MODULES="$work/modules" OVERLAP_DOCUMENT="$top/docs/PROTOCOL.md" \
    timeout "$client_seconds_max" bash "$here/$1.sh" >"$work/lines/$1-$2" 2>&1 ||
    printf 'not ok %s %s ends with status %d\n' "$1" "$2" $? >>"$work/lines/$1-$2"
}

client_end() { # client_end NAME: its lines, and room for the next
  local model
  for model in "${models[@]}"; do
    cat "$work/lines/$1-$model"
    if ! service_answers "$model"; then
      printf 'not ok %s %s the service does not answer any more\n' "$1" "$model" | tee -a "$work/lines/$1-$model"
    fi
    $keep || rm -rf "$work/served/$1-$model" "$work/scratch/$1-$model"
  done
}

service_answers() {
  curl --silent --max-time 60 --output /dev/null "http://127.0.0.1:$(service_port_of "$base" "$1")/"
}

run_together() { # run_together NAME: on all models at the same time
  local model started=$SECONDS
  running=()
  for model in "${models[@]}"; do
    job_start client_run "$1" "$model"
    running+=("$job_pid")
  done
  for job in "${running[@]}"; do wait "$job" || true; done
  running=()
  client_end "$1"
  say "$1: $((SECONDS - started)) s"
}

run_alone() { # run_alone NAME: on one model after the other
  local model started=$SECONDS
  for model in "${models[@]}"; do
    find "$work/served" -mindepth 1 -maxdepth 1 ! -name '.overlap-*' -exec rm -rf {} +
    job_run client_run "$1" "$model" || true
  done
  client_end "$1"
  say "$1: $((SECONDS - started)) s"
}

run_against() { # run_against CONFIG HOW NAME...: those that are wanted
  local config=$1 how=$2 name some=()
  shift 2
  for name in "$@"; do if wanted "$name"; then some+=("$name"); fi; done
  [ ${#some[@]} != 0 ] || return 0
  service_start "$executable" "$config" "$base" "$work/state"
  for name in "${some[@]}"; do "$how" "$name"; done
  service_stop || printf 'not ok service all ends with status %d\n' $? | tee -a "$work/lines/service"
}

report() {
  local all bad
  bad=$(cat "$work"/lines/* | grep -c '^not ok' || true)
  all=$(cat "$work"/lines/* | grep -cE '^(not )?ok' || true)
  # What is neither: a script that is broken says so on standard error.
  if grep -vhE '^(not )?ok ' "$work"/lines/* >&2; then bad=$((bad + 1)) all=$((all + 1)); fi
  [ "$all" != 0 ] || die "nothing was checked"
  printf '%d%% tests passed, %d tests failed out of %d\n' $(((all - bad) * 100 / all)) "$bad" "$all"
  if [ "$bad" != 0 ]; then
    grep -h '^not ok' "$work"/lines/* || true
    return 1
  fi
}

main() {
  parse_arguments "$@"
  check_tools
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  install_modules
  work=$(mktemp -d "${TMPDIR:-/tmp}/overlap-clients.XXXXXX")
  mkdir -p "$work"/{served,scratch,lines,tls,state}
  modules_beside "$work/modules"
  base=$(service_ports 9)
  wine_start "$work/wine"
  make_certificate
  step "Making certificates for clients" make_client_certificates
  ordinary_config
  impatient_config
  make_users "$work/overlap.toml"
  run_against "$work/overlap.toml" run_together "${clients[@]}"
  run_against "$work/overlap.toml" run_alone "${alone[@]}"
  run_against "$work/impatient.toml" run_together "${impatient[@]}"
  report
}

main "$@"
