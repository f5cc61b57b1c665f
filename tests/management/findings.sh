#!/usr/bin/env bash
# Gives the real service under Wine what its findings are about, one cause after another: each must appear in
# /api/v1/findings and go again (findings.py), and those that are events must be told once. In the end one is told by a
# service without the endpoint.
#
#   usage: tests/management/findings.sh [OPTION...]
#     --executable FILE   the service (default: build/mingw/service/overlap-service.exe)
#     --only NAME         this finding only; may be given several times
#     --keep              leaves the folder of the run where it is
#     --help              this text
#
# Left to the tests of common/findings: those that take minutes to become true, or need a machine that is broken or
# overloaded. What an overloaded one finds, run.sh prints.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
. "$top/scripts/shell.sh"
. "$top/scripts/jobs.sh"
. "$top/scripts/wine.sh"
. "$top/scripts/service.sh"
. "$here/ground.sh"

findings_seconds_max=400
only=()

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
  while [ $# != 0 ]; do
    case $1 in
      --executable | --only)
        [ $# -ge 2 ] || die "$1 needs a value (tests/management/findings.sh --help)"
        if [ "$1" = --only ]; then only+=("$2"); else executable=$(realpath "$2"); fi
        shift
        ;;
      --keep) keep=true ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "unknown option $1 (tests/management/findings.sh --help)" ;;
    esac
    shift
  done
}

listener() { # listener NUMBER NAME MODEL LINE...
  printf '[[listener]]\nport = %d\nname = "%s"\nmodel = "%s"\n' $((base + $1)) "$2" "$3"
  printf '%s\n' "${@:4}"
}

write_config() { # the order is that of findings.py
  {
    printf "[store]\nroot = '%s'\nfree_bytes_min = 1048576\n" "$(windows_path "$work/served")"
    printf '[access]\nanonymous_read = true\nusers_file = "users.toml"\n'
    printf '[limits]\nchunk_bytes = 65536\nsend_bytes_per_second_max = 1000000\n'
    printf '[timeouts]\ndrain_seconds = 0\nidle_seconds = 600\nhead_seconds = 600\n'
    printf '[uploads]\nunfinished_max = 1\n'
    printf '[tls]\ncertificate_file = "certificate.pem"\nkey_file = "key.pem"\n'
    printf '[admin]\nport = %d\n[log]\nevent_log = false\n' "$base"
    listener 1 slots device 'threads = 1'
    listener 2 full event 'connections_max = 10'
    listener 3 addresses event 'connections_per_address_max = 2'
    listener 4 uneven apc 'threads = 4'
    listener 5 moved event
    listener 6 tls event 'tls = true'
  } >"$work/overlap.toml"
}

# A volume that can be filled: only root may mount one, and not in every container.
mount_small_volume() {
  if mount -t tmpfs -o size=64m overlap-findings "$work/served" 2>/dev/null; then
    touch "$work/small-volume"
  else
    say "No small volume can be mounted: the findings about a full disk are left out."
  fi
}

prepare() {
  local config
  mount_small_volume
  head -c 1024 /dev/urandom >"$work/served/small.bin"
  head -c 8000000 /dev/urandom >"$work/served/large.bin"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 365 -subj /CN=localhost \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/openssl.log"
  base=$(service_ports 7)
  write_config
  wine_start "$work/wine"
  config=$(windows_path "$work/overlap.toml")
  overlap user add writer --no-password --allow /=list,read,write --config "$config" </dev/null
  user_token=$(overlap user token writer --config "$config" </dev/null | grep -o 'overlap_[A-Za-z0-9_-]*' | head -n 1)
  [ -n "$user_token" ] || die "user token printed no token"
}

run_findings() {
  exec timeout "$findings_seconds_max" python3 -B "$here/findings.py" "$base" "$work/admin-token" "$work" "$user_token" \
    "${only[@]}"
}

# What nobody can ask for is told all the same: the same service with no endpoint, and a certificate of 20 days.
without_endpoint() {
  local status=0
  mkdir -p "$work/hidden"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 20 -subj /CN=localhost \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/openssl.log"
  sed 's/^\[admin\]$/[admin]\nenabled = false/' "$work/overlap.toml" >"$work/hidden.toml"
  mkfifo "$work/hidden/stdin"
  exec 7<>"$work/hidden/stdin"
  job_start service_run "$executable" "$work/hidden.toml" "$work/hidden"
  service_pid=$job_pid
  wait_for "the event of the certificate" grep -qs 'The certificate expires in' "$work/hidden/service.log"
  check "a finding is told without the endpoint" true
  if service_port_taken "$base"; then check "there is no endpoint" false; else check "there is no endpoint" true; fi
  service_stop || status=$?
  check "the service without the endpoint stops with status 0 ($status)" "$([ "$status" = 0 ] && echo true || echo false)"
}

end_jobs() { # the volume can go when the service has ended
  service_end
  [ ! -e "$work/small-volume" ] || umount --lazy "$work/served" || true
}

main() {
  parse_arguments "$@"
  check_tools curl jq python3 openssl
  [ -f "$executable" ] || die "$executable is not built"
  begin findings
  prepare
  start_service
  if job_run into "$work/lines/findings" run_findings; then cat "$work/lines/findings"; else
    cat "$work/lines/findings"
    check "findings.py ends well" false
  fi
  stop_service
  without_endpoint
  report
}

main "$@"
