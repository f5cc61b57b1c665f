#!/usr/bin/env bash
# The MSI in a fresh Wine: refused where it must be, installed silently, repaired, upgraded from another version as by a
# double click while clients transfer, not downgraded, uninstalled with and without the data, started again if an upgrade
# fails. What it makes is held against the same list as what overlapctl and sc.exe make.
#
#   usage: tests/system/install_msi.sh BUILD_DIR    the build folder of the preset mingw
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/shell.sh
. "$here/../../scripts/shell.sh"
# shellcheck source=scripts/wine.sh
. "$here/../../scripts/wine.sh"
# shellcheck source=scripts/service.sh
. "$here/../../scripts/service.sh"
# shellcheck source=tests/system/installed_state.sh
. "$here/installed_state.sh"
# shellcheck source=tests/system/installation.sh
. "$here/installation.sh"

[ $# = 1 ] || die "usage: $0 BUILD_DIR"
[ "$(cd "$1" && pwd)" = "$overlap_top/build/mingw" ] || die "the packages are made from build/mingw, not from $1"
old_version=0.0.9 # any that is lower: the same sources, with another version in the programs
program='C:\Program Files\Overlap'
packages=$overlap_top/build/package-test
base=
data=
served=
loads=()

# ---- small tools

make_packages() {
  "$overlap_top/scripts/package.sh" --no-build --out "$packages/new" >/dev/null
  "$overlap_top/scripts/package.sh" --version "$old_version" --out "$packages/old" >/dev/null
  new=$(echo "$packages"/new/overlap-*-x64.msi)
  old=$packages/old/overlap-$old_version-x64.msi
  new_version=${new##*/overlap-}
  new_version=${new_version%-x64.msi}
}

# msi STATUS WORD...: msiexec, without a window unless $window says another, whose exit status must be that. Of a status, Unix passes the lower byte on:
# 67 is 1603, ERROR_INSTALL_FAILURE; after a custom action, Wine has 91 instead: 1627, ERROR_FUNCTION_FAILED.
window=/qn
msi() {
  local expected=$1 status=0
  shift
  timeout --foreground 240 wine msiexec "$@" "$window" /l*v "$(windows_path "$work/msi.log")" </dev/null >"$work/out" 2>&1 || status=$?
  [ "$status" = "$expected" ] || {
    tail -n 40 "$work/out" "$work/msi.log" >&2
    fail "msiexec $*: exit status $status, not $expected"
  }
}

ctl() { # the installed overlapctl
  timeout --foreground "$installation_seconds_max" wine "$program\\overlapctl.exe" "$@" </dev/null 2>"$work/err" | tr -d '\r' ||
    { cat "$work/err" >&2; fail "overlapctl $*"; }
}

code_of() { msiinfo export "$1" Property | tr -d '\r' | sed -n 's/^ProductCode\t//p'; }
registered() { wine reg query "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\$(code_of "$1")" </dev/null >/dev/null 2>&1; }
chosen() { installed_key 'HKLM\Software\Overlap' | sed -n "s/^$1 REG_SZ //p"; }
# The Start menu is everybody's on Windows, which ALLUSERS decides; Wine takes that of the user.
link() { find "$drive" -path '*/Start Menu/Programs/Overlap dashboard.url'; }
link_leads_to() { grep -qF "URL=http://127.0.0.1:$1/" "$(link)" || fail "the link leads elsewhere: $(cat "$(link)")"; }

# What overlapctl has said, which Windows Installer does not keep.
was_said() { grep -q "$1" "$(find "$drive" -ipath '*/windows/Logs/overlap-install.log')" || fail "the log does not say \"$1\""; }

# Nothing that the MSI has ever made; the data are looked at apart.
nothing_is_left() { # nothing_is_left WHEN
  installed_nothing || fail "$1: something is left"
  [ ! -e "$drive/Program Files/Overlap" ] || fail "$1: the program folder is left"
  [ -z "$(link)" ] || fail "$1: the link to the dashboard is left"
  [ -z "$(installed_key 'HKLM\Software\Overlap')" ] || fail "$1: HKLM\\Software\\Overlap is left"
  ! registered "$old" && ! registered "$new" || fail "$1: the product is still registered"
}

# ---- where it must not be installed, and what fails

check_refusals() {
  msi 67 /i "$(windows_path "$new")" START=0 # what Wine's prefix is at first: Windows 7
  nothing_is_left "on Windows 7"
  wine winecfg -v win10 </dev/null >/dev/null 2>&1
  msi 67 /i "$(windows_path "$new")" FIRSTPORT=65532 START=0
  nothing_is_left "with a port too high"
  printf 'mine\n' >"$data" # where the folder belongs
  msi 91 /i "$(windows_path "$new")" START=0
  nothing_is_left "after a failed installation"
  was_said 'in the place of the folder C:.ProgramData.Overlap'
  [ "$(cat "$data")" = mine ] || fail "a failed installation has touched a file of another"
  rm "$data"
  passed "refused on Windows 7, and with a port that has no four after it; a failed installation leaves nothing but the reason"
}

# ---- as it comes

check_defaults() {
  msi 0 /i "$(windows_path "$new")" START=0
  installed_as_it_should "$program" || fail "the installed state is not what overlapctl makes"
  ! service_runs || fail "START=0 has started the service"
  link_leads_to 8100
  registered "$new" || fail "the product is not registered"
  [ "$(chosen InstallFolder) $(chosen FirstPort)" = "$program\\ 8100" ] || fail "what was chosen is not remembered"
  passed "a silent installation ends in the same state as every other way"
  msi 0 /x "$(windows_path "$new")" REMOVEDATA=1
  nothing_is_left "after an uninstall"
  [ ! -e "$data" ] || fail "REMOVEDATA=1 has left data: $(find "$data")"
  passed "uninstall with REMOVEDATA=1 leaves nothing"
}

# ---- as an operator chooses, with the old version

install_old() {
  base=$(service_ports 5)
  served="$drive/Shared files/Exchange"
  msi 0 /i "$(windows_path "$old")" 'ROOT=C:\Shared files\Exchange' FIRSTPORT="$base" FIREWALL=1 START=0
  link_leads_to "$base"
  # What an operator does then.
  allow_anonymous "$data/overlap.toml"
  sed -i -E "s/^# users_file = .*/users_file = 'users.toml'/; s/^# drain_seconds = .*/drain_seconds = 21/" "$data/overlap.toml"
  wine "$program\\overlap-service.exe" user add anna --no-password --home / </dev/null >/dev/null 2>&1 || fail "user add"
  ctl start >/dev/null
  transfers_on_models "$base" "$served"
  [ "$(ctl version | grep -c " $old_version")" = 2 ] || fail "the old version does not say that it is $old_version"
  passed "installed with other folders and ports, users added, started: version $old_version"
}

check_repair() {
  local config
  config=$(sha256sum <"$data/overlap.toml")
  rm "$drive/Program Files/Overlap/overlapctl.exe"
  wine reg delete "$installed_source_key" /f </dev/null >/dev/null
  msi 0 /i "$(code_of "$old")" REINSTALL=ALL REINSTALLMODE=amus # what /famus says on Windows; Wine takes no product code there
  [ -f "$drive/Program Files/Overlap/overlapctl.exe" ] || fail "the repair has not brought the program back"
  installed_key "$installed_source_key" | grep -q '^EventMessageFile ' || fail "the repair has not registered the event source"
  [ "$config" = "$(sha256sum <"$data/overlap.toml")" ] || fail "the repair has changed the configuration"
  link_leads_to "$base"
  wait_for "the service after the repair" curl --silent --fail --max-time 10 "http://127.0.0.1:$base/readyz"
  passed "repair: a file and a registry key are back, the service runs, the configuration is as it was"
}

# ---- the upgrade under load

# Uploads under names of their own and downloads on one model, until the file `enough` is there. Whatever was answered with
# success must be true afterwards: `stored.MODEL` names what was, `wrong.MODEL` what came back and was not the same.
load_model() {
  local model=$1 url n=0 code
  url=http://127.0.0.1:$(service_port_of "$base" "$model")
  : >"$work/stored.$model"
  : >"$work/wrong.$model"
  while [ ! -e "$work/enough" ]; do
    n=$((n + 1))
    code=$(curl --silent --limit-rate 4M --max-time 60 --output /dev/null --write-out '%{http_code}' \
      --upload-file "$work/load" "$url/$model-$n.bin") || true
    case $code in 2*) printf '%s-%d.bin\n' "$model" "$n" >>"$work/stored.$model" ;; *) sleep 0.2 ;; esac
    if curl --silent --fail --limit-rate 4M --max-time 60 --output "$work/back.$model" "$url/$model.bin"; then
      cmp -s "$work/back.$model" "$work/payload" || printf 'download %d\n' "$n" >>"$work/wrong.$model"
    fi
  done
}
stored_count() { wc -l <"$work/stored.$1"; }
stored_more() { [ "$(stored_count "$1")" -gt "$2" ]; }

begin_tus() { # an upload of which a part is there
  head -c 3000017 /dev/urandom >"$work/plan"
  plan=$(curl --silent --show-error --fail --dump-header - --output /dev/null --data-binary '' --header 'Tus-Resumable: 1.0.0' \
    --header "Upload-Length: 3000017" "http://127.0.0.1:$((base + 1))/plan.bin" | tr -d '\r' | sed -n 's/^[Ll]ocation: *//p')
  [ -n "$plan" ] || fail "no resumable upload was made"
  case $plan in http*) plan=/${plan#http://*/} ;; esac
  head -c 1000003 "$work/plan" | tus_patch $((base + 1)) 0
}
tus_patch() { # tus_patch PORT OFFSET <bytes
  curl --silent --show-error --fail --max-time 60 --output /dev/null --request PATCH --header 'Tus-Resumable: 1.0.0' \
    --header 'Content-Type: application/offset+octet-stream' --header "Upload-Offset: $2" --data-binary @- \
    "http://127.0.0.1:$1$plan"
}
end_tus() {
  local offset
  offset=$(curl --silent --show-error --fail --head --header 'Tus-Resumable: 1.0.0' "http://127.0.0.1:$((base + 4))$plan" |
    tr -d '\r' | sed -n 's/^[Uu]pload-[Oo]ffset: *//p')
  [ "$offset" = 1000003 ] || fail "of the unfinished upload the new version has ${offset:-nothing}, not 1000003 bytes"
  tail -c +1000004 "$work/plan" | tus_patch $((base + 4)) 1000003
  cmp -s "$work/plan" "$served/plan.bin" || fail "the resumed upload differs"
}

kept_files() { (cd "$data" && sha256sum overlap.toml users.toml admin-token); }

check_upgrade() {
  local model file before kept total=0
  kept=$(kept_files)
  head -c 1500017 /dev/urandom >"$work/load"
  begin_tus
  for model in "${service_models[@]}"; do
    load_model "$model" &
    loads+=($!)
  done
  for model in "${service_models[@]}"; do wait_for "uploads by $model" stored_more "$model" 0; done
  # With the sequence that a double click runs first, which must not forget what was chosen.
  window=/qr msi 0 /i "$(windows_path "$new")"
  for model in "${service_models[@]}"; do
    before=$(stored_count "$model")
    wait_for "uploads by $model after the upgrade" stored_more "$model" $((before + 1))
  done
  touch "$work/enough"
  wait "${loads[@]}" || true
  loads=()
  for model in "${service_models[@]}"; do
    [ ! -s "$work/wrong.$model" ] || fail "$model: $(head -n 1 "$work/wrong.$model") was not what was uploaded"
    while IFS= read -r file; do
      cmp -s "$work/load" "$served/$file" || fail "$file was stored, and is not there as it was sent"
      total=$((total + 1))
    done <"$work/stored.$model"
  done
  [ "$(ctl version | grep -c " $new_version")" = 2 ] || fail "the service is not $new_version after the upgrade"
  [ "$kept" = "$(kept_files)" ] || fail "the upgrade has changed the configuration, the users or the token"
  end_tus
  ! registered "$old" && registered "$new" || fail "both versions are registered"
  link_leads_to "$base"
  [ "$(chosen Root)" = 'C:\Shared files\Exchange\' ] || fail "the upgrade has forgotten the served folder: $(chosen Root)"
  passed "upgraded to $new_version under load: all of $total uploads are there, one was resumed; configuration, users and token kept"
}

journal_has() { # journal_has PATH: rows of the old version are still there
  python3 - "$data/journal.db" "$1" <<'PY'
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM transfers WHERE path = ? AND method = 'PUT'", (sys.argv[2],))
sys.exit(rows.fetchone()[0] == 0)
PY
}

check_uninstall() {
  local kept
  kept=$(kept_files)
  msi 0 /x "$(code_of "$new")"
  nothing_is_left "after an uninstall that keeps the data"
  [ "$kept" = "$(kept_files)" ] || fail "the uninstall has changed the data"
  journal_has /device.bin || fail "the journal has lost what was there before the upgrade"
  cmp -s "$work/plan" "$served/plan.bin" || fail "the uninstall has touched the served folder"
  passed "uninstall keeps configuration, users, token, journal and files, and nothing else"
  msi 0 /i "$(windows_path "$new")" FIRSTPORT="$base"
  transfers_on_models "$base" "$served"
  passed "installed again and started by itself, with the data of before"
}

# Of a version that was installed anew: removing the old one at the end of an upgrade, Wine forgets to whom the upgrade code
# belongs, and sees no newer version afterwards. Windows keeps that.
check_downgrade() {
  msi 67 /i "$(windows_path "$old")"
  registered "$new" && ! registered "$old" || fail "a downgrade has changed what is registered"
  wait_for "the service after a refused downgrade" curl --silent --fail --max-time 10 "http://127.0.0.1:$base/readyz"
  [ "$(ctl version | grep -c " $new_version")" = 2 ] || fail "a downgrade has changed the programs"
  passed "a downgrade is refused, and the service runs on"
}

check_removal() {
  msi 0 /x "$(windows_path "$new")" REMOVEDATA=1
  nothing_is_left "after an uninstall with REMOVEDATA=1"
  [ ! -e "$data" ] || fail "REMOVEDATA=1 has left data: $(find "$data")"
  cmp -s "$work/plan" "$served/plan.bin" || fail "REMOVEDATA=1 has touched a served folder that lies elsewhere"
  passed "uninstall with REMOVEDATA=1 leaves the served folder only, which lies elsewhere"
}

# The last that happens in this Wine, whose installer removes in a rollback the files that Windows Installer puts back: so all
# that is seen is that the service is to be started, and when.
check_failed_upgrade() {
  msi 0 /i "$(windows_path "$old")" START=0
  cp "$new" "$work/spoilt.msi"
  msibuild "$work/spoilt.msi" -q "UPDATE CustomAction SET Target = 'install --no-such-option' WHERE Action = 'Configure'"
  msi 91 /i "$(windows_path "$work/spoilt.msi")"
  tr -d '\0\r' <"$work/msi.log" | sed -n 's/^Action start [0-9:]*: \(.*\)\.$/\1/p' | awk '
    {last[$0] = NR} END {exit !(last["UndoStop"] > last["InstallFiles"] && last["InstallFiles"] > last["Configure"])}' ||
    fail "an upgrade that failed has not ended with the start of the service"
  passed "an upgrade that fails starts the service when the files are back"
}

end_loads() {
  local status=$? load
  touch "$work/enough"
  for load in "${loads[@]}"; do kill "$load" 2>/dev/null || true; done
  (exit "$status")
  installation_end
}

for tool in msiinfo python3; do command -v $tool >/dev/null || die "$tool is needed"; done
make_packages
installation_begin install-msi
trap end_loads EXIT
data=$drive/ProgramData/Overlap
check_refusals
check_defaults
install_old
check_repair
check_upgrade
check_uninstall
check_downgrade
check_removal
check_failed_upgrade
say "install_msi passed."
