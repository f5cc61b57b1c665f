#!/usr/bin/env bash
# Drives the dashboard in a headless Chromium: first over a service that only pretends, then over the real one under
# Wine while all four models are busy.
#
#   usage: tests/dashboard/run.sh [OPTION...]
#     --pretended         only the first part: needs no Wine
#     --real              only the second part
#     --running BASE TOKEN_FILE SERVED
#                         only the second part, over a service that runs already: the port of its management endpoint, which
#                         those of its models follow, the file of its token and the folder that it serves
#     --executable FILE   the service (default: build/mingw/service/overlap-service.exe)
#     --shots FOLDER      keeps pictures of the page there
#     --help              this text
#
# Needs node, npm, chromium and curl (scripts/setup.sh --clients), and playwright-core and axe-core from the npm registry
# that this machine uses.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
. "$top/scripts/shell.sh"
. "$top/scripts/jobs.sh"
. "$top/scripts/wine.sh"
. "$top/scripts/service.sh"

executable=$overlap_top/build/mingw/service/overlap-service.exe
parts=(pretended real)
work=
served=
token_file=
load=() # jobs

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
  while [ $# != 0 ]; do
    case $1 in
      --pretended) parts=(pretended) ;;
      --real) parts=(real) ;;
      --running)
        [ $# -ge 4 ] || die "--running needs three values (tests/dashboard/run.sh --help)"
        parts=(running)
        base=$2 token_file=$3 served=$4
        shift 3
        ;;
      --executable | --shots)
        [ $# -ge 2 ] || die "$1 needs a value (tests/dashboard/run.sh --help)"
        case $1 in
          --executable) executable=$(realpath "$2") ;;
          --shots)
            mkdir -p "$2"
            OVERLAP_SHOTS=$(realpath "$2")
            export OVERLAP_SHOTS
            ;;
        esac
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "unknown option $1 (tests/dashboard/run.sh --help)" ;;
    esac
    shift
  done
}

finish() {
  local status=$? job
  trap '' INT TERM HUP
  trap - EXIT
  job_end_current
  for job in "${load[@]}"; do job_end "$job"; done
  wanted running || { service_end && wine_stop; } # else neither is this script's own
  [ -z "$work" ] || rm -rf "$work"
  exit "$status"
}

check_tools() {
  local tool missing=()
  for tool in node npm chromium curl; do command -v "$tool" >/dev/null || missing+=("$tool"); done
  [ ${#missing[@]} = 0 ] || die "missing: ${missing[*]}; run scripts/setup.sh --clients"
  OVERLAP_CHROMIUM=$(command -v chromium)
  OVERLAP_UPLOT=${OVERLAP_UPLOT:-$(prefix_folder)/share/uplot}
  export OVERLAP_CHROMIUM OVERLAP_UPLOT
  [ -f "$OVERLAP_UPLOT/uPlot.iife.min.js" ] || die "there is no uPlot in $OVERLAP_UPLOT; run scripts/setup.sh"
  ! wanted real || [ -f "$executable" ] || die "$executable is not built"
}

# Outside of the checkout, and named after what it is made of.
install_modules() {
  local stamp
  stamp=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c1-12)
  OVERLAP_MODULES=$overlap_cache/dashboard/$stamp
  export OVERLAP_MODULES
  if [ -e "$OVERLAP_MODULES/.complete" ]; then return; fi
  mkdir -p "$OVERLAP_MODULES"
  cp "$here/package.json" "$here/package-lock.json" "$OVERLAP_MODULES/"
  (cd "$OVERLAP_MODULES" && step "Fetching playwright-core and axe-core" npm ci --no-audit --no-fund --ignore-scripts)
  touch "$OVERLAP_MODULES/.complete"
}

drive() { # drive FILE...: one after another, each with a browser of its own
  local file status=0
  for file in "$@"; do timeout 600 node "$here/$file" || status=1; done
  return "$status"
}

wanted() { [[ " ${parts[*]} " == *" $1 "* ]]; }

# ---- a busy service

# Small requests without a pause, a download and an upload that last, and a request with a name that looks like markup.
# The seconds are a bound for a test that was killed.
busy() { # busy MODEL, as a job
  local origin
  origin=http://127.0.0.1:$(service_port_of "$base" "$1")
  trap 'kill $(jobs -p) 2>/dev/null; exit 0' TERM INT
  timeout 600 bash -c "while :; do
      curl --silent --output /dev/null --limit-rate 2M '$origin/large.bin'; sleep 0.2; done" &
  timeout 600 bash -c "while :; do
      curl --silent --output /dev/null --limit-rate 1M --upload-file '$served/large.bin' '$origin/up-$1.bin'; sleep 0.2; done" &
  timeout 600 bash -c "while :; do
      curl --silent --output /dev/null --retry 1000 --retry-all-errors --retry-delay 1 '$origin/small.txt?[1-200]'
      curl --silent --output /dev/null --globoff '$origin/%3Cimg%20src%3Dx%20onerror%3Dwindow.hostile%3D1%3E'; sleep 0.1; done" &
  wait
}

over_the_service() { # over the one that runs, once it is busy
  local model
  head -c 67108864 /dev/urandom >"$served/large.bin"
  printf 'small\n' >"$served/small.txt"
  for model in "${service_models[@]}"; do
    job_start busy "$model"
    load+=("$job_pid")
  done
  OVERLAP_ORIGIN=http://127.0.0.1:$base OVERLAP_TOKEN=$(tr -d '\r\n' <"$token_file") drive real.test.mjs
}

with_service() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/overlap-dashboard.XXXXXX")
  served=$work/served
  token_file=$work/admin-token
  mkdir -p "$served" "$work/state"
  base=$(service_ports 5)
  wine_start "$work/wine"
  service_config "$base" "$served" "[access]" "anonymous_read = true" "anonymous_write = true" >"$work/overlap.toml"
  service_start "$executable" "$work/overlap.toml" "$base" "$work/state"
  over_the_service
}

main() {
  local status=0
  parse_arguments "$@"
  check_tools
  trap finish EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  install_modules
  if wanted pretended; then drive acting.test.mjs link.test.mjs looks.test.mjs || status=1; fi
  if wanted real; then with_service || status=1; fi
  if wanted running; then OVERLAP_CROWDED=1 over_the_service || status=1; fi
  exit "$status"
}

main "$@"
