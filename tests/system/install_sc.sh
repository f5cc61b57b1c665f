#!/usr/bin/env bash
# The commands of docs/OPERATIONS.md, section "Install by hand", run in a fresh Wine: they reach the installed state, the
# service transfers on four models, and the commands that remove it leave nothing behind.
#
#   usage: tests/system/install_sc.sh BUILD_DIR    the build folder of a mingw preset
#
# What Wine's tools lack is left out by name and printed, so that a newer Wine is noticed.
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
document=$here/../../docs/OPERATIONS.md
data=

commands_of() { # commands_of MARK: the lines of that block, without comments
  awk -v mark="<!-- $1 -->" '
    $0 == mark {on = 1; next}
    on && $0 == "<!-- end -->" {exit}
    on && !/^```/ && !/^rem / && NF {print}' "$document"
}

# What Wine 8 has a program for that does nothing, or does not know: never a reason to fail here.
not_in_wine() {
  case $1 in
    icacls* | netsh*) echo "a program of Wine that does nothing" ;;
    'sc failureflag'* | 'sc sidtype'* | 'sc privs'*) echo "Wine's sc does not know it" ;;
    'sc failure'*) echo "Wine's sc accepts it and does nothing" ;;
    *) return 1 ;;
  esac
}

run_block() { # run_block MARK: each command as cmd would run it, in the folder of the package
  local command reason status count=0
  while IFS= read -r command; do
    count=$((count + 1))
    if reason=$(not_in_wine "$command"); then
      say "skip  $command: $reason"
      continue
    fi
    printf '@echo off\r\n%s\r\n' "$command" >"$work/package/command.bat"
    status=0
    (cd "$work/package" && timeout --foreground "$installation_seconds_max" wine cmd /c command.bat) \
      </dev/null >"$work/out" 2>&1 || status=$?
    [ "$status" = 0 ] || { cat "$work/out" >&2; fail "$command: exit status $status"; }
  done < <(commands_of "$1")
  [ "$count" -gt 0 ] || fail "docs/OPERATIONS.md has no block $1"
}

# What is right in the document and comes out otherwise under Wine: it takes "delayed-auto" for nothing and starts on
# demand, and does not end the list of dependencies where it ends.
as_wine_has_it() {
  sed -E -e 's/^(service Start REG_DWORD) 0x3$/\1 0x2/;t' -e 's/^(service DependOnService REG_MULTI_SZ Tcpip).*/\1/'
}

check_installation() {
  local start
  run_block folder
  [ -z "$(ls -A "$data")" ] || fail "the folder is not empty"
  run_block install
  start=$(installed_values service "$installed_service_key" Start)
  say "skip  start= delayed-auto: Wine's sc made it \"${start#service }\""
  diff "$here/installed_state.txt" <(installed_state 'C:\Program Files\Overlap' | as_wine_has_it) >&2 ||
    fail "the installed state is another one"
  run_block firewall
  passed "the documented commands reach the installed state"
}

check_use() {
  local base
  base=$(service_ports 5)
  sed -i -E "s/^# port = 8100/port = $base/; s/^port = 810([1-4])/port = \1/" "$data/overlap.toml"
  for i in 1 2 3 4; do sed -i "s/^port = $i\$/port = $((base + i))/" "$data/overlap.toml"; done
  allow_anonymous "$data/overlap.toml"
  wine sc start Overlap </dev/null >/dev/null
  wait_for "the service" service_runs
  transfers_on_models "$base" "$data/Files"
}

check_removal() {
  run_block uninstall
  installed_nothing || fail "the commands have left something in the registry"
  [ ! -e "$drive/Program Files/Overlap" ] || fail "the folder of the program is still there"
  [ ! -e "$data" ] || fail "the data are still there"
  passed "the documented commands remove it without a trace"
}

for file in service/overlap-service.exe admin/ctl/overlapctl.exe tests/conformance/overlap-conformance.exe; do [ -f "$build/$file" ] || die "$file is not built"; done
installation_begin install-sc
data=$drive/ProgramData/Overlap
package_files "$work/package"
check_installation
check_use
check_removal
say "install_sc passed."
