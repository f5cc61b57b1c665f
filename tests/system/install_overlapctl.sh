#!/usr/bin/env bash
# `overlapctl install` and `uninstall` in a fresh Wine: the installed state, repairs, failures that leave nothing behind,
# transfers on four models, and what an uninstall removes and keeps.
#
#   usage: tests/system/install_overlapctl.sh BUILD_DIR    the build folder of a mingw preset
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
build=$(cd "$1" && pwd)
program='C:\Program Files\Overlap'
data=

# ctl STATUS WORD...: runs the installed overlapctl, whose exit status must be that; leaves $work/out and $work/err
ctl() {
  local expected=$1 status=0
  shift
  timeout --foreground "$installation_seconds_max" wine "$program\\overlapctl.exe" "$@" \
    </dev/null 2>"$work/err" >"$work/out" || status=$?
  [ "$status" = "$expected" ] || {
    cat "$work/out" "$work/err" >&2
    fail "overlapctl $*: exit status $status, not $expected"
  }
}
says() { grep -qF -- "$1" "$work/out" || { cat "$work/out" "$work/err" >&2; fail "the output has no $1"; }; }
complains() { grep -qF -- "$1" "$work/err" || { cat "$work/out" "$work/err" >&2; fail "standard error has no $1"; }; }
silent_about() { ! grep -qF -- "$1" "$work/err" || { cat "$work/err" >&2; fail "standard error has $1"; }; }

put_program() {
  package_files "$drive/Program Files/Overlap"
  rm -f "$drive/Program Files/Overlap/overlap.toml" # who does not install by hand needs none there
}

check_installation() {
  ctl 0 install
  says 'Made the folder C:\ProgramData\Overlap.'
  says 'The service is installed.'
  silent_about 'cannot'
  # All that Wine's service manager does not know, each with what does not work without it.
  complains 'the delay of the automatic start'
  complains 'the type of the service SID'
  complains 'the required privileges'
  silent_about 'firewall'
  installed_as_it_should "$program" || fail "the installed state is another one"
  passed "install makes the installed state"
}

check_repair() {
  ctl 0 install
  says 'was installed already'
  installed_as_it_should "$program" || fail "a second install has changed something"
  wine reg add "$installed_service_key" /v ImagePath /d 'C:\elsewhere.exe' /f </dev/null >/dev/null
  wine reg delete "$installed_source_key" /f </dev/null >/dev/null
  rm -r "$data/overlap.toml" "$data/Files"
  wineserver -k && wineserver -w # Wine's service manager reads the registry when it starts
  wine_boot || fail "Wine did not start again"
  ctl 0 install
  installed_as_it_should "$program" || fail "a repair has left something as it was"
  printf '# kept\n' >>"$data/overlap.toml"
  ctl 0 install
  [ "$(tail -n 1 "$data/overlap.toml")" = '# kept' ] || fail "install has changed the configuration"
  ctl 0 install --root 'C:\Elsewhere' --first-port 9000
  complains 'kept as it is: it serves C:\ProgramData\Overlap\Files, not C:\Elsewhere'
  complains 'has the port 8100, not 9000'
  [ ! -e "$drive/Elsewhere" ] || fail "a folder was made that nobody serves"
  passed "install repairs, and never changes a configuration"
}

image_and_account() { installed_values service "$installed_service_key" ImagePath ObjectName | sed 's/.* REG_SZ //'; }

check_kept_choices() { # what a repair must not take back
  local chosen=$'"C:\\Program Files\\Overlap\\overlap-service.exe" --config "C:\\conf\\overlap.toml"\nLocalSystem'
  local default=$'"C:\\Program Files\\Overlap\\overlap-service.exe"\nNT SERVICE\\Overlap'
  mkdir "$drive/conf"
  ctl 0 install --config 'C:\conf\overlap.toml' --account LocalSystem
  [ "$(image_and_account)" = "$chosen" ] || fail "not as it was asked for: $(image_and_account)"
  ctl 0 install
  [ "$(image_and_account)" = "$chosen" ] || fail "a repair has taken back --config or --account: $(image_and_account)"
  ctl 0 install --config 'c:\programdata\OVERLAP\overlap.toml' --account 'NT SERVICE\Overlap'
  [ "$(image_and_account)" = "$default" ] || fail "the default place in other letters is another place: $(image_and_account)"
  rm -r "$drive/conf"
  passed "install keeps the configuration and the account that were chosen before, until others are"
}

check_firewall_without_ports() {
  sed -i.kept 's/^\[store\]/[nonsense]/' "$data/overlap.toml"
  ctl 0 install --firewall
  complains 'There is no rule in the firewall: the configuration is not valid'
  mv "$data/overlap.toml.kept" "$data/overlap.toml"
  passed "no rule of the firewall without ports: it would be for all of them"
}

check_log() {
  local log=$drive/Logs/install.log lines
  ctl 0 install --log 'C:\Logs\install.log'
  lines=$(wc -l <"$log")
  [ "$lines" = "$(cat "$work/out" "$work/err" | wc -l)" ] || fail "the log has other sentences"
  grep -qE '^20[0-9-]+T[0-9:]+Z The service was installed already' "$log" || fail "the log has no note"
  grep -q 'Z Warning: The service manager did not take' "$log" || fail "the log has no warning"
  mkdir "$drive/here.toml"
  ctl 7 install --config 'C:\here.toml' --log 'C:\Logs\install.log'
  tail -n 1 "$log" | grep -qF 'There is a folder in the place of the configuration file' || fail "the log has no reason"
  [ "$(wc -l <"$log")" -gt "$lines" ] || fail "the log was not appended to"
  ctl 0 install --log 'C:\none\deep\install.log'
  complains 'This could not be appended to C:\none\deep\install.log'
  rm -r "$drive/here.toml" "$drive/Logs"
  passed "--log appends what is said, and the reason of a failure"
}

check_removal() { # of everything; also when there is nothing
  ctl 0 uninstall --remove-data
  says 'The service is uninstalled.'
  installed_nothing || fail "uninstall has left something"
  [ ! -e "$data" ] || fail "the data are still there"
  ctl 0 uninstall --remove-data
  says 'The service is not installed.'
  passed "uninstall --remove-data leaves the files of the program only"
}

# A step that fails: nothing of the others is left.
refused() { # refused STATUS TEXT OPTION...
  local status=$1 text=$2
  shift 2
  ctl "$status" install "$@"
  complains "$text"
  silent_about '..'
  installed_nothing || fail "a failed install has left something: $text"
}

check_failures() {
  printf 'mine\n' >"$data"
  refused 7 'There is a file in the place of the folder C:\ProgramData\Overlap'
  [ "$(cat "$data")" = mine ] || fail "the file was touched"
  rm "$data"
  mkdir -p "$data/overlap.toml"
  refused 7 'There is a folder in the place of the configuration file'
  [ "$(ls -A "$data")" = overlap.toml ] || fail "something was left in the folder"
  rm -r "$data"
  printf 'mine\n' >"$drive/served"
  refused 7 'There is a file in the place of the folder C:\served' --root 'C:\served'
  [ ! -e "$data" ] || fail "the folder was left"
  refused 10 'Say with --executable' --executable 'C:\nowhere\overlap-service.exe'
  refused 1 'first-port' --first-port 65532
  [ ! -e "$data" ] || fail "the folder was left"
  passed "a file or a folder in the way: nothing is left of what was made before"
}

check_marked_for_deletion() { # while it runs, a deleted service is only marked
  wine sc delete Overlap </dev/null >/dev/null
  ctl 6 install
  complains 'It was deleted while another program has it open'
  ctl 0 uninstall
  installed_nothing || fail "the service is still registered"
  passed "a service that is marked for deletion is refused with the reason"
}

# Wine keeps no lists of rights, but the owner of a file.
check_foreign_token() {
  if [ "$(id -u)" != 0 ]; then say "skip  a token of another owner: only root can make one"; return; fi
  chown 12345 "$data/admin-token"
  ctl 7 install
  complains 'C:\ProgramData\Overlap\admin-token belongs to'
  installed_nothing || fail "the refused install has left something"
  chown 0 "$data/admin-token"
  ctl 0 install
  chown 12345 "$data/admin-token"
  ctl 6 start
  complains 'the management endpoint cannot have its address and port'
  chown 0 "$data/admin-token"
  passed "a token file of another owner is refused, by install and by the service"
}

check_use() {
  local base
  base=$(service_ports 5)
  ctl 0 install --root 'C:\Shared files\Exchange' --first-port "$base"
  allow_anonymous "$data/overlap.toml"
  ctl 0 install --start --firewall
  says 'The service has started.'
  complains 'There is no rule in the firewall'
  transfers_on_models "$base" "$drive/Shared files/Exchange"
  ctl 0 install
  says 'changed settings take effect at its next start'
  ctl 0 uninstall
  says 'The service has stopped.'
  says 'These folders stay as they are: C:\ProgramData\Overlap, C:\Shared files\Exchange, C:\Program Files\Overlap.'
  installed_nothing || fail "uninstall has left something"
  [ -f "$data/journal.db" ] && [ -f "$data/admin-token" ] || fail "uninstall has removed data"
  check_foreign_token
  ctl 0 install --start
  transfers_on_models "$base" "$drive/Shared files/Exchange"
  check_marked_for_deletion
  ctl 0 install
  ctl 0 uninstall --remove-data
  [ ! -e "$data" ] || fail "the data are still there"
  [ -f "$drive/Shared files/Exchange/apc.bin" ] || fail "the served folder elsewhere was touched"
  passed "uninstall stops a running service, keeps data unless told otherwise, and never a served folder elsewhere"
}

for file in service/overlap-service.exe admin/ctl/overlapctl.exe tests/conformance/overlap-conformance.exe; do [ -f "$build/$file" ] || die "$file is not built"; done
installation_begin install-overlapctl
data=$drive/ProgramData/Overlap
put_program
check_installation
check_repair
check_kept_choices
check_firewall_without_ports
check_log
check_removal
check_failures
check_use
say "install_overlapctl passed."
