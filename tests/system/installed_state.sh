# Sourced after shell.sh and wine.sh: how an installation is, as Wine's own tools see it, in a form in which two can be
# compared. Nothing of the product is asked.
#
#   installed_state PROGRAM_FOLDER    one line a fact, sorted: values of the service's key and of the source of the Event
#                                     Log, and which files and folders are there. PROGRAM_FOLDER as Windows calls it; in what
#                                     is printed it is <program>
#   installed_as_it_should PROGRAM_FOLDER   the same is as installed_state.txt says; else prints the differences and fails
#   installed_nothing                 fails and prints what is left, if an uninstall has left anything but folders
#
# The service must have stopped, or must not have been started yet: what a running one makes comes and goes.
# shellcheck shell=bash disable=SC2154

installed_service_key='HKLM\System\CurrentControlSet\Services\Overlap'
installed_source_key='HKLM\System\CurrentControlSet\Services\EventLog\Application\Overlap'

# Values that an installation decides. Wine knows no others; one that it does not keep is printed as missing.
installed_service_values=(DependOnService Description DisplayName ErrorControl ImagePath ObjectName PreshutdownTimeout Start Type)
installed_source_values=(CategoryCount CategoryMessageFile EventMessageFile TypesSupported)

# Without this a reg that does not run at all would look like a registry with nothing in it.
installed_reg_works() {
  wine reg query 'HKLM\Software\Microsoft' </dev/null 2>/dev/null | grep -q HKEY || { say "reg query does not work"; return 1; }
}

installed_key() { # installed_key KEY: "name type data", one a line; nothing if there is no such key
  wine reg query "$1" </dev/null 2>/dev/null | tr -d '\r' |
    sed -nE 's/^    ([^ ].*)    (REG_[A-Z_]+)    (.*)$/\1 \2 \3/p'
}

installed_values() { # installed_values TITLE KEY NAME...
  local title=$1 found name line
  found=$(installed_key "$2")
  shift 2
  for name in "$@"; do
    line=$(grep -m 1 "^$name " <<<"$found") || line="$name missing"
    printf '%s %s\n' "$title" "$line"
  done
}

installed_files() { # what an installation itself makes; not what clients, the service or another program adds
  local data=$WINEPREFIX/drive_c/ProgramData/Overlap name
  for name in "" /Files; do
    [ ! -d "$data$name" ] || printf 'folder <data>%s\n' "$name"
  done
  if [ -f "$data/overlap.toml" ]; then
    name="other than the template"
    ! diff -q <(tr -d '\r' <"$data/overlap.toml") "$overlap_top/installer/overlap.toml" >/dev/null || name="as the template"
    printf 'file <data>/overlap.toml %s\n' "$name"
  fi
  for name in overlap-service.exe overlapctl.exe overlap-conformance.exe LICENSE THIRD-PARTY-NOTICES.txt; do
    [ ! -f "$(winepath -u "$1\\$name" 2>/dev/null)" ] || printf 'file <program>/%s\n' "$name"
  done
}

installed_state() {
  local program=${1%\\}
  installed_reg_works || return 1
  {
    installed_values service "$installed_service_key" "${installed_service_values[@]}"
    installed_values source "$installed_source_key" "${installed_source_values[@]}"
    installed_files "$program"
  } | awk -v folder="$program" '{ # without regular expressions: a path is full of their characters
    for (;;) {
      at = index($0, folder)
      if (!at) break
      $0 = substr($0, 1, at - 1) "<program>" substr($0, at + length(folder))
    }
    print
  }' | LC_ALL=C sort
}

installed_as_it_should() {
  diff "$overlap_top/tests/system/installed_state.txt" <(installed_state "$1") >&2
}

installed_nothing() {
  local left
  installed_reg_works || return 1
  left=$(installed_key "$installed_service_key"; installed_key "$installed_source_key")
  [ -z "$left" ] || { say "left in the registry: $left"; return 1; }
}
