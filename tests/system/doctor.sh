#!/usr/bin/env bash
# overlapctl doctor in a fresh Wine: a healthy installation, then one broken thing after the other. Each is found, with
# the command that mends it; where that command can run here, it is run and the doctor finds nothing any more.
#
#   usage: tests/system/doctor.sh BUILD_DIR    the build folder of a mingw preset
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
# shellcheck source=tests/system/installed_state.sh
. "$here/installed_state.sh"
# shellcheck source=tests/system/installation.sh
. "$here/installation.sh"

[ $# = 1 ] || die "usage: $0 BUILD_DIR"
build=$(cd "$1" && pwd)
programs=("$build/service/overlap-service.exe" "$build/admin/ctl/overlapctl.exe"
  "$build/tests/conformance/overlap-conformance.exe")
for file in "${programs[@]}"; do [ -f "$file" ] || die "$file is not built"; done
for tool in jq openssl; do command -v $tool >/dev/null || die "$tool is needed"; done
program='C:\Program Files\Overlap'

ctl() { # ctl STATUS WORD...: leaves $work/out and $work/err
  local expected=$1 status=0
  shift
  timeout --foreground 300 wine "$program\\overlapctl.exe" "$@" </dev/null 2>"$work/err" >"$work/out" || status=$?
  [ "$status" = "$expected" ] && return
  jq -r '.checks[] | select(.state != "ok") | "\(.state) \(.id): \(.found)"' "$work/out" >&2 2>/dev/null ||
    cat "$work/out" "$work/err" >&2
  fail "overlapctl $*: exit status $status, not $expected"
}

# found ID STATE TEXT MEND: what the last run says of that check
found() {
  jq -e --arg id "$1" --arg state "$2" --arg text "$3" --arg mend "$4" '.checks[] | select(.id == $id) |
    .state == $state and (.found | contains($text)) and (.mend | join("\n") | contains($mend))' "$work/out" >/dev/null ||
    { jq -c --arg id "$1" '.checks[] | select(.id == $id)' "$work/out" >&2; fail "$1 is not $2 with \"$3\" and \"$4\""; }
}

# broken ID TEXT MEND: the doctor finds it
broken() {
  ctl 14 doctor --quick --json
  found "$1" failed "$2" "$3"
}

# Runs the first command that the last run gives for that check, as cmd.exe would.
mend() {
  local command
  command=$(jq -r --arg id "$1" '[.checks[] | select(.id == $id) | .mend[]][0]' "$work/out")
  printf '@%s\r\n' "${command/#overlapctl/\"$program\\overlapctl.exe\"}" >"$work/mend.bat"
  wine cmd /c "$(windows_path "$work/mend.bat")" </dev/null >"$work/mended" 2>&1 ||
    { cat "$work/mended" >&2; fail "the command does not mend it: $command"; }
}

healthy() { ctl 0 doctor --quick --json; }

# While the service is stopped, that alone is a warning.
healthy_but_stopped() {
  ctl 13 doctor --quick --json
  found service.state warning 'stopped' 'overlapctl start'
}

check_healthy() {
  healthy
  jq -e '[.checks[] | select(.state == "failed" or .state == "warning")] == []' "$work/out" >/dev/null ||
    fail "something is wrong with a fresh installation"
  say "      skipped under Wine, by id:"
  jq -r '.checks[] | select(.state == "skipped") | "      \(.id): \(.found)"' "$work/out"
  jq -e '.system.wine != null and .summary.skipped > 0' "$work/out" >/dev/null || fail "Wine is not told from Windows"
  ! jq -r '.checks[].id' "$work/out" | sort | uniq -d | grep . || fail "an id stands twice"
  for id in service.version service.state configuration served_folder port.management port.device certificate disk.served \
    event_log.messages event_log.last management.answers management.findings clock rename dumps; do
    jq -e --arg id $id 'any(.checks[]; .id == $id)' "$work/out" >/dev/null || fail "there is no check $id"
  done
  found service.state ok 'runs as process' ''
  found port.apc skipped 'Something listens' ''
  found event_log.messages ok 'has started' ''
  found event_log.last skipped 'Wine' ''
  ctl 0 doctor --quick
  grep -q '^STATE *CHECK *FOUND' "$work/out" || fail "there is no table"
  passed "a healthy installation: nothing is wrong, and what cannot be known here is skipped by name"
}

check_conformance() {
  ctl 0 doctor --json --model apc
  found conformance.apc ok 'cases passed' ''
  jq -r '.checks[] | select(.id == "conformance.apc") | "      \(.found)"' "$work/out"
  grep -q 'conformance of apc' "$work/err" || fail "no progress is shown"
  [ -z "$(find "$drive/users" -name 'overlap-doctor-*' -print -quit)" ] || fail "temporary files are left"
  mv "$drive/Program Files/Overlap/overlap-conformance.exe" "$work/"
  ctl 0 doctor --json --model apc
  found conformance.apc skipped 'there is no' ''
  passed "the conformance suite of a model runs, and is missed by name"
}

check_configuration() {
  cp "$data/overlap.toml" "$work/aside.toml"
  sed -i 's/^\[limits\]/&\nchunk_bites = 1/' "$data/overlap.toml"
  broken configuration 'chunk_bites' 'notepad "C:\ProgramData\Overlap\overlap.toml"'
  cp "$work/aside.toml" "$data/overlap.toml"
  healthy
  passed "an invalid configuration is found"
}

check_certificate() {
  local folder=$data/tls
  mkdir "$folder"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=files.example \
    -keyout "$folder/overlap-key.pem" -out "$work/request" 2>/dev/null
  openssl x509 -req -in "$work/request" -signkey "$folder/overlap-key.pem" -days -1 \
    -out "$folder/overlap-certificate.pem" 2>/dev/null
  cp "$data/overlap.toml" "$work/aside.toml"
  sed -i "s|^\[tls\]|&\ncertificate_file = 'tls/overlap-certificate.pem'\nkey_file = 'tls/overlap-key.pem'|" "$data/overlap.toml"
  broken certificate 'has expired' 'certificate create --force --name "files.example"'
  mend certificate
  healthy
  found certificate ok 'files.example is valid for' ''
  cp "$work/aside.toml" "$data/overlap.toml"
  passed "an expired certificate is found and mended"
}

# From here on the service is stopped, once for all that needs it.
check_served_folder() {
  ctl 0 stop
  mv "$data/Files" "$work/Files"
  broken served_folder 'There is no folder' 'mkdir "C:\ProgramData\Overlap\Files"'
  mend served_folder
  cp "$data/overlap.toml" "$work/aside.toml"
  sed -i "s|^root = .*|root = 'Z:\\\\proc'|" "$data/overlap.toml" # nobody may write there, not even root
  broken served_folder 'No file can be made in Z:\proc' 'icacls "Z:\proc" /grant "*S-1-5-80-'
  cp "$work/aside.toml" "$data/overlap.toml"
  healthy_but_stopped
  found served_folder ok 'could be made' ''
  passed "a served folder that is missing, or cannot be written to, is found"
}

check_port() {
  printf "[store]\nroot = '%s'\n[admin]\nport = %d\n[journal]\nenabled = false\n[log]\nevent_log = false\n[[listener]]\nmodel = \"apc\"\nport = %d\n" \
    'C:\windows\temp' $((base + 6)) $((base + 1)) >"$work/other.toml"
  service_start "${programs[0]}" "$work/other.toml" $((base + 6)) "$work/other"
  broken port.device 'is taken by' 'notepad'
  service_stop || fail "the other program did not stop"
  healthy_but_stopped
  found port.device ok 'is free' ''
  passed "a port that another program has is found"
}

check_account() {
  ctl 0 install --account LocalSystem
  broken service.account 'LocalSystem, which may do everything' '--account "NT SERVICE\Overlap"'
  mend service.account
  ctl 0 install --account 'NT AUTHORITY\LocalService'
  ctl 13 doctor --quick --json
  found service.account warning 'LocalService, which may do more' '--account "NT SERVICE\Overlap"'
  mend service.account
  healthy_but_stopped
  found service.account ok 'Overlap' ''
  passed "an account that may do more than it needs is found and mended"
}

# Where a person has unpacked the zip to look: users write there, so nothing is to be registered out of it.
check_other_folder() {
  local downloads='C:\users\Public\Downloads' installed=$program
  mkdir -p "$drive/users/Public/Downloads"
  cp "$drive/Program Files/Overlap/"*.exe "$drive/users/Public/Downloads/"
  program=$downloads
  healthy_but_stopped
  found service.image_path ok 'C:\Program Files\Overlap' ''
  found service.version ok 'as this overlapctl' ''
  wine reg delete "$installed_source_key" /f </dev/null >/dev/null
  broken event_log.messages 'numbers for sentences' '--executable "C:\Program Files\Overlap\overlap-service.exe"'
  ! grep -i downloads "$work/out" || fail "a command names the folder of downloads"
  mend event_log.messages
  # Registered there, and then the file has gone: what is wanted is the one in Program Files.
  ctl 0 install
  rm "$drive/users/Public/Downloads/overlap-service.exe"
  broken service.image_path "$downloads" '--executable "C:\Program Files\Overlap\overlap-service.exe"'
  mend service.image_path
  program=$installed
  healthy_but_stopped
  passed "a doctor in another folder names the program that is registered; its event source and a wrong image path are mended"
}

check_missing_service() {
  ctl 0 uninstall
  ctl 14 doctor --quick --json
  found service failed '' 'overlapctl install'
  found service.state skipped 'not installed' ''
  mend service
  healthy_but_stopped
  mend service.state
  healthy
  passed "a missing service and one that is stopped are found and mended"
}

installation_begin doctor
data=$drive/ProgramData/Overlap
mkdir -p "$drive/Program Files/Overlap"
cp "${programs[@]}" "$drive/Program Files/Overlap/"
base=$(service_ports 8)
ctl 0 install --first-port "$base"
allow_anonymous "$data/overlap.toml"
ctl 0 start
check_healthy
check_configuration
check_certificate
check_served_folder
check_port
check_account
check_other_folder
check_missing_service
check_conformance # last: it takes longer than all the others
ctl 0 uninstall --remove-data
say "doctor passed."
