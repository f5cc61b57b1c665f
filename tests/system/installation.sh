# Sourced by the tests of installations, after shell.sh, wine.sh, service.sh and installed_state.sh: a fresh Wine with the
# files of a package, and what must be true of every installation.
#
#   installation_begin NAME          a working folder $work, a fresh prefix, $drive (drive C), and the traps
#   passed TEXT..., fail TEXT...     a line about a check that was passed; the end with one that was not
#   wait_for TEXT COMMAND...         until the command succeeds
#   transfers_on_models BASE FOLDER  up and down on every model, compared by SHA-256; FOLDER is the one that is served
#   package_files FOLDER             puts the files of the zip there: the programs of $build, and what scripts/package.sh adds
#   allow_anonymous FILE             lets everybody read and write, in a configuration as it is installed
# shellcheck shell=bash disable=SC2154,SC2034

installation_seconds_max=90 # for anything to happen on a busy machine

installation_begin() {
  local tool
  for tool in curl sha256sum; do command -v $tool >/dev/null || die "$tool is needed"; done
  work=$(mktemp -d "${TMPDIR:-/tmp}/overlap-$1-test.XXXXXX")
  trap installation_end EXIT
  trap 'exit 130' INT TERM HUP
  wine_raise_file_limit
  wine_new_prefix "$work/wine"
  wine_environment "$work/wine"
  wine_boot || fail "Wine did not start"
  drive=$WINEPREFIX/drive_c
}

installation_end() {
  local status=$?
  trap - EXIT
  wine_stop
  if [ "$status" = 0 ]; then rm -rf "$work"; else say "--- kept: $work"; fi
  exit "$status"
}

passed() { say "ok    $*"; }
fail() { say "FAIL  $*"; exit 1; }

wait_for() {
  local text=$1 end=$((SECONDS + installation_seconds_max))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$text: not within $installation_seconds_max s"
    sleep 0.2
  done
}

service_is() { wine sc query Overlap </dev/null | tr -d '\r' | grep -q "STATE *: $1"; }
service_stopped() { service_is 1; }
service_runs() { service_is 4; }

transfers_on_models() {
  local base=$1 served=$2 model url sum
  head -c $((2 * 1024 * 1024 + 17)) /dev/urandom >"$work/payload"
  sum=$(sha256sum <"$work/payload")
  wait_for "/readyz" curl --silent --fail --max-time 10 "http://127.0.0.1:$base/readyz"
  for model in "${service_models[@]}"; do
    url=http://127.0.0.1:$(service_port_of "$base" "$model")/$model.bin
    curl --silent --show-error --fail --max-time "$installation_seconds_max" --upload-file "$work/payload" "$url" ||
      fail "an upload by $model"
    curl --silent --show-error --fail --max-time "$installation_seconds_max" --output "$work/back" "$url" ||
      fail "a download by $model"
    [ "$sum" = "$(sha256sum <"$served/$model.bin")" ] || fail "$model: the stored file differs"
    [ "$sum" = "$(sha256sum <"$work/back")" ] || fail "$model: what came back differs"
  done
  passed "uploads and downloads on ${service_models[*]}, SHA-256 alike"
}

package_files() {
  local names name
  cmake --install "$build" --strip --prefix "$1" >/dev/null || fail "the programs of the zip"
  mapfile -t names < <(sed -nE 's/^(documents|by_hand)=\((.*)\).*/\2/p' "$overlap_top/scripts/package.sh" | tr ' ' '\n')
  [ ${#names[@]} -gt 0 ] || fail "scripts/package.sh names no other files"
  for name in "${names[@]}"; do cp "$overlap_top/$name" "$1/"; done
}

allow_anonymous() { sed -i -E 's/^# (anonymous_(read|write)) = false/\1 = true/' "$1"; }
