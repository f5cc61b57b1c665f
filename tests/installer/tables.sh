#!/usr/bin/env bash
# Reads the tables of an MSI and holds them against the list of what an installation is: one check a fact.
#
#   usage: tests/installer/tables.sh MSI               one line for each fact that does not hold
#          tests/installer/tables.sh --self-test MSI   spoils a copy in every way and sees that it is noticed
#
# The numbers are those of Microsoft's "Database Tables" (Windows Installer); what the service is to be is read from
# service/installation/installed_state.h where it stands there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/shell.sh
. "$here/../../scripts/shell.sh"

upgrade_code='{80C81053-FC08-4DE3-B86B-1B323FAC4845}' # of every version, for ever
source_key='SYSTEM\CurrentControlSet\Services\EventLog\Application\Overlap'
service_sid=S-1-5-80-1940098553-2421322387-3593832311-2151484262-1570481430 # sc showsid Overlap
programs='LICENSE THIRD-PARTY-NOTICES.txt overlap-conformance.exe overlap-service.exe overlapctl.exe'

facts=0
violations=0
tables= # the folder of the exported tables

# ---- reading

export_tables() { # export_tables MSI
  local table
  for table in $(msiinfo tables "$1"); do
    msiinfo export "$1" "$table" | tr -d '\r' >"$tables/$table"
  done
}

# cell TABLE KEY COLUMN: of the row whose first column is KEY; nothing if there is none
cell() {
  [ -f "$tables/$1" ] || return 0
  awk -F '\t' -v key="$2" -v column="$3" '
    NR == 1 {for (i = 1; i <= NF; ++i) if ($i == column) wanted = i}
    NR > 3 && $1 == key {print $wanted}' "$tables/$1"
}

# column TABLE COLUMN: all values, sorted, on one line
column() {
  [ -f "$tables/$1" ] || return 0
  awk -F '\t' -v column="$2" '
    NR == 1 {for (i = 1; i <= NF; ++i) if ($i == column) wanted = i}
    NR > 3 {print $wanted}' "$tables/$1" | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}

property() { cell Property "$1" Value; }
summary() { cell _SummaryInformation "$1" Value; }
condition() { cell InstallExecuteSequence "$1" Condition; }
in_order() { in_order_of InstallExecuteSequence "$@"; }
in_order_of() { # in_order_of SEQUENCE ACTION...: scheduled, one after another
  local last=-1 sequence=$1 action now
  shift
  for action in "$@"; do
    now=$(cell "$sequence" "$action" Sequence)
    if [ -z "$now" ] || [ "$now" -le "$last" ]; then
      printf 'not: %s at %s\n' "$action" "${now:-no place}"
      return
    fi
    last=$now
  done
  echo yes
}

# ---- checking

is() { # is FACT FOUND WANTED
  facts=$((facts + 1))
  if [ "$2" != "$3" ]; then
    printf 'FAIL  %s: found "%s", not "%s"\n' "$1" "$2" "$3"
    violations=$((violations + 1))
  fi
}
lacks() { # lacks FACT TEXT PATTERN: an extended regular expression that must not match
  facts=$((facts + 1))
  if grep -qE -- "$3" <<<"$2"; then
    printf 'FAIL  %s: found "%s"\n' "$1" "$2"
    violations=$((violations + 1))
  fi
}

check_product() {
  local version
  version=$(property ProductVersion)
  is "product: the upgrade code is that of all versions" "$(property UpgradeCode)" "$upgrade_code"
  is "product: the product code is made from the version" "$(property ProductCode)" "{$(python3 -c '
import sys, uuid
print(str(uuid.uuid5(uuid.UUID(sys.argv[1]), f"product {sys.argv[2]} x64")).upper())' "$upgrade_code" "$version")}"
  is "product: for the machine, not for a person" "$(property ALLUSERS)" 1
  is "product: 64-bit" "$(summary 7)" 'x64;1033'
  is "product: Windows Installer 5.0" "$(summary 14)" 500
  is "product: compressed, elevated" "$(summary 15)" 2
  is "product: manufacturer" "$(property Manufacturer)" "The Overlap authors"
  is "product: contact" "$(property ARPCONTACT)" "The Overlap authors"
  is "product: help link is a web address" "$(property ARPHELPLINK | sed 's#^https://.*#https#')" https
  is "product: nothing to modify" "$(property ARPNOMODIFY)" 1
  is "product: names its licence" "$(property ARPCOMMENTS | grep -o 'MIT license')" "MIT license"
  is "product: every file is replaced" "$(property REINSTALLMODE)" amus
  is "product: Windows 10 or later" "$(cell LaunchCondition 'Installed OR WINDOWSMAJOR' Description)" \
    "Overlap needs Windows 10, Windows Server 2016 or later."
  is "product: what tells Windows 10 is read from the 64-bit registry" \
    "$(cell RegLocator WindowsMajor Key) $(cell RegLocator WindowsMajor Name) $(cell RegLocator WindowsMajor Type)" \
    'SOFTWARE\Microsoft\Windows NT\CurrentVersion CurrentMajorVersionNumber 18'
  is "product: a 64-bit Windows" "$(cell LaunchCondition 'Installed OR VersionNT64' Description)" "Overlap needs a 64-bit Windows."
  is "product: five ports fit" \
    "$(cell LaunchCondition 'NOT FIRSTPORT OR (FIRSTPORT >= 1 AND FIRSTPORT <= 65531)' Description | cut -c1-33)" \
    "FIRSTPORT must be a number from 1"
}

check_upgrade() {
  local version detected
  version=$(property ProductVersion)
  detected=$(awk -F '\t' '$7 == "WIX_UPGRADE_DETECTED" {print $1, $3, $5}' "$tables/Upgrade")
  is "upgrade: every older version" "$detected" "$upgrade_code $version 1"
  detected=$(awk -F '\t' '$7 == "WIX_DOWNGRADE_DETECTED" {print $1, $2, $5}' "$tables/Upgrade")
  is "upgrade: a newer version is only seen" "$detected" "$upgrade_code $version 2"
  is "upgrade: a newer version is kept" "$(cell LaunchCondition 'NOT WIX_DOWNGRADE_DETECTED' Description | cut -c1-37)" \
    "A newer version of Overlap is install"
  is "upgrade: the old version goes when the new one is in place" \
    "$(in_order FindRelatedProducts LaunchConditions StartServices InstallExecute RemoveExistingProducts InstallFinalize)" yes
  is "upgrade: the old version stops in its own time" \
    "$(cell CustomAction StopBeforeChange Target) $(in_order StopBeforeChange StopServices InstallFiles)" "stop --timeout 3660 yes"
  is "upgrade: one that fails starts what it has stopped, when the files are back" \
    "$(cell CustomAction UndoStop Type) $(cell CustomAction UndoStop Target) $(in_order UndoStop StopBeforeChange InstallFiles)" \
    "3410 start yes"
  is "upgrade: whenever it has stopped it, if it is to run" "$(condition UndoStop)" \
    "($(condition StopBeforeChange)) AND START = 1"
}

check_service() {
  local state=$here/../../service/installation/installed_state.h
  is "service: name" "$(column ServiceInstall Name)" Overlap
  is "service: display name" "$(cell ServiceInstall Overlap DisplayName)" "Overlap file transfer"
  is "service: description" "$(cell ServiceInstall Overlap Description)" \
    "Moves files over HTTP on four Windows I/O models. Manage it with overlapctl."
  is "service: a process of its own, not interactive" "$(cell ServiceInstall Overlap ServiceType)" 16
  is "service: automatic start" "$(cell ServiceInstall Overlap StartType)" 2
  is "service: vital" "$(cell ServiceInstall Overlap ErrorControl)" 32769
  is "service: depends on Tcpip" "$(cell ServiceInstall Overlap Dependencies)" 'Tcpip[~][~]'
  is "service: virtual account" "$(cell ServiceInstall Overlap StartName)" 'NT SERVICE\Overlap'
  is "service: no password" "$(cell ServiceInstall Overlap Password)" ""
  is "service: no arguments, the configuration is in its place" "$(cell ServiceInstall Overlap Arguments)" ""
  is "service: the image is the key of its component, which the installer quotes" \
    "$(cell Component "$(cell ServiceInstall Overlap Component_)" KeyPath)" overlap_service.exe
  is "service: the image is quoted where we say it ourselves" \
    "$(cell CustomAction Configure Target | grep -o -- '--executable "\[#overlap_service.exe\]"')" \
    '--executable "[#overlap_service.exe]"'
  is "service: delayed start" "$(config_row DelayedStart)" "Overlap 5 3 1"
  is "service: restarts only if it dies" "$(config_row DeathsOnly)" "Overlap 5 4 0"
  is "service: a SID of its own" "$(config_row ServiceSid)" "Overlap 5 5 1"
  is "service: least privileges" "$(config_row Privileges)" "Overlap 5 6 SeChangeNotifyPrivilege"
  is "service: time before a shutdown" "$(config_row Preshutdown)" "Overlap 5 7 60000"
  is "service: restarts" "$(cell MsiServiceConfigFailureActions Restarts Actions)" '1[~]1[~]1'
  is "service: when it restarts" "$(cell MsiServiceConfigFailureActions Restarts DelayActions)" '5000[~]30000[~]60000'
  is "service: failures are forgotten after a day" "$(cell MsiServiceConfigFailureActions Restarts ResetPeriod)" 86400
  is "service: restarts are configured when installed and repaired" "$(cell MsiServiceConfigFailureActions Restarts Event)" 5
  is "service: controlled at install, upgrade and uninstall" \
    "$(cell ServiceControl Overlap Event) $(cell ServiceControl Overlap Wait)" "163 1"
  is "service: stopped, made, configured, completed, started" \
    "$(in_order StopServices DeleteServices InstallServices MsiConfigureServices Configure StartServices)" yes
  is "service: started if wanted" "$(condition StartServices)" "START = 1 AND NOT REMOVE"
  is "service: wanted by default" "$(property START)" 1
  # The tables repeat what the program itself makes.
  is "service: privileges as overlapctl sets them" \
    "$(sed -n 's/.*required_privileges\[\] = L"\(.*\)\\0";/\1/p' "$state")" "$(cell MsiServiceConfig Privileges Argument)"
  is "service: time before a shutdown as overlapctl sets it" \
    "$(sed -n "s/.*preshutdown_timeout_ms = \(.*\);/\1/p" "$state" | tr -d "'")" "$(cell MsiServiceConfig Preshutdown Argument)"
}
config_row() {
  echo "$(cell MsiServiceConfig "$1" Name) $(cell MsiServiceConfig "$1" Event) $(cell MsiServiceConfig "$1" ConfigType)" \
    "$(cell MsiServiceConfig "$1" Argument)"
}

check_event_source() {
  local name
  for name in EventMessageFile CategoryMessageFile; do
    is "event source: $name" "$(registry_row $name)" "2 $source_key $name #%[#overlap_service.exe] Service"
  done
  is "event source: types" "$(registry_row TypesSupported)" "2 $source_key TypesSupported #7 Service"
  is "event source: categories" "$(registry_row CategoryCount)" "2 $source_key CategoryCount #$(category_count) Service"
}
registry_row() {
  echo "$(cell Registry "$1" Root) $(cell Registry "$1" Key) $(cell Registry "$1" Name) $(cell Registry "$1" Value)" \
    "$(cell Registry "$1" Component_)"
}
category_count() { grep -c '^SymbolicName=OVERLAP_CATEGORY_' "$here/../../service/log/messages.mc"; }

check_folders() {
  local sddl
  is "folders: program folder" "$(cell Directory INSTALLFOLDER Directory_Parent) $(cell Directory INSTALLFOLDER DefaultDir)" \
    "ProgramFiles64Folder Overlap"
  is "folders: the programs and documents" "$(column File FileName)" "$programs"
  is "folders: all of them in the program folder" "$(component_folders File)" INSTALLFOLDER
  is "folders: a program folder elsewhere is locked" \
    "$(cell MsiLockPermissionsEx ProgramFolder LockObject) $(cell MsiLockPermissionsEx ProgramFolder Condition)" \
    "INSTALLFOLDER NOT (INSTALLFOLDER ~<< ProgramFiles64Folder)"
  lacks "folders: users may not write into the program folder" "$(cell MsiLockPermissionsEx ProgramFolder SDDLText)" \
    '\(A;[^;]*;(FA|GA|GW|FW|0x1301bf|0x1f01ff);;;(BU|WD|AU|IU|BG)\)'
  is "folders: data folder" "$(cell Directory DATAFOLDER Directory_Parent) $(cell Directory DATAFOLDER DefaultDir)" \
    "CommonAppDataFolder Overlap"
  is "folders: the data folder is made by the installer" "$(cell CreateFolder DATAFOLDER Component_)" Data
  is "folders: it is locked, and nothing inherited" \
    "$(cell MsiLockPermissionsEx DataFolder LockObject) $(cell MsiLockPermissionsEx DataFolder Table)" "DATAFOLDER CreateFolder"
  sddl=$(cell MsiLockPermissionsEx DataFolder SDDLText)
  is "folders: always" "$(cell MsiLockPermissionsEx DataFolder Condition)" ""
  is "folders: for SYSTEM, administrators and the service, nobody else" \
    "$sddl" "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1201bf;;;$service_sid)(A;OICIIO;0x1301bf;;;$service_sid)"
  is "folders: with the rights that overlapctl sets" \
    "$(sed -n '/^std::wstring folder_rights/,/^}/p' "$here/../../service/installation/rights.cpp" | grep -o '(A;[^")]*' | tr '\n' ' ')" \
    "$(grep -o '(A;[^)]*' <<<"$sddl" | sed "s/$service_sid//" | tr '\n' ' ')"
  is "folders: locked before anything is written there" "$(in_order CreateFolders InstallFiles Configure)" yes
  is "folders: no old table of rights, with which nothing could be installed" "$(column LockPermissions LockObject)" ""
  is "folders: the served one" "$(cell Directory ROOT Directory_Parent) $(cell Directory ROOT DefaultDir)" "DATAFOLDER Files"
  is "folders: every component is 64-bit" "$(component_bits)" 256
  is "folders: every component is in the feature" "$(column FeatureComponents Component_)" "$(column Component Component)"
  is "folders: no component shares its code" "$(column Component ComponentId | tr ' ' '\n' | sort | uniq -d)" ""
}
component_folders() {
  local component
  for component in $(column "$1" Component_); do cell Component "$component" Directory_; done | sort -u
}
component_bits() { awk -F '\t' 'NR > 3 {print int($4 / 256) % 2 * 256}' "$tables/Component" | sort -u; }

check_choices() {
  local name secure
  secure=";$(property SecureCustomProperties);"
  for name in INSTALLFOLDER ROOT FIRSTPORT FIREWALL START REMOVEDATA DATAFOLDER WIX_UPGRADE_DETECTED WIX_DOWNGRADE_DETECTED \
    $(column AppSearch Property); do
    is "choices: $name reaches the elevated part" "$(grep -o ";$name;" <<<"$secure")" ";$name;"
  done
  is "choices: no firewall rule unless asked for" "$(property FIREWALL)$(condition AskForFirewall)" "FIREWALL = 1"
  is "choices: data stays unless asked for" "$(property REMOVEDATA)$(condition AskToRemoveData)" "REMOVEDATA = 1"
  is "choices: the first port is 8100 if nothing else is known" "$(property EARLIER_FIRSTPORT)" 8100
  for name in INSTALLFOLDER ROOT; do
    is "choices: $name of before, unless said anew" "$(cell CustomAction "$(keeper $name)" Target) $(condition "$(keeper $name)")" \
      "[EARLIER_$name] EARLIER_$name AND NOT $name"
  done
  is "choices: the port of before, unless said anew" "$(cell CustomAction KeepFirstPort Target) $(condition KeepFirstPort)" \
    "[EARLIER_FIRSTPORT] NOT FIRSTPORT"
  for name in InstallExecuteSequence InstallUISequence; do
    is "choices: looked up before they are needed, $name" "$(in_order_of $name AppSearch KeepInstallFolder KeepRoot \
      KeepFirstPort LaunchConditions CostInitialize)" yes
  done
  for name in KeepInstallFolder KeepRoot KeepFirstPort; do
    is "choices: $name on the same condition with a window" "$(cell InstallUISequence $name Condition)" "$(condition $name)"
  done
  is "choices: what is handed over under a name that stays behind is asked for later" \
    "$(column InstallUISequence Action | tr ' ' '\n' | grep '^Ask')" ""
  is "choices: the link to the dashboard" "$(cell IniFile Dashboard DirProperty) $(cell IniFile Dashboard Key) $(cell IniFile \
    Dashboard Value)" "ProgramMenuFolder URL http://127.0.0.1:[FIRSTPORT]/"
  is "choices: the link goes with the rest" "$(cell RemoveFile Dashboard FileName) $(cell RemoveFile Dashboard InstallMode)" \
    "$(cell IniFile Dashboard FileName) 2"
}
keeper() { case $1 in INSTALLFOLDER) echo KeepInstallFolder ;; ROOT) echo KeepRoot ;; esac; }

check_actions() {
  local action type
  is "actions: nothing runs out of the package" "$(column Binary Name)" ""
  for action in $(column CustomAction Action); do
    type=$(cell CustomAction "$action" Type)
    case $type in
      51) continue ;; # sets a property
      3090 | 3154 | 3410) ;; # an installed program, deferred or for rollback, as the installer's account
      *) is "actions: $action is of a kind that is allowed" "$type" "51, 3090, 3154 or 3410" ;;
    esac
    is "actions: $action runs a program of the program folder" \
      "$(cell Component "$(cell File "$(cell CustomAction "$action" Source)" Component_)" Directory_)" INSTALLFOLDER
  done
  is "actions: what completes the installation must succeed" "$(cell CustomAction Configure Type)" 3090
  is "actions: what ends it must succeed" "$(cell CustomAction Unconfigure Type)" 3090
  is "actions: completing is undone" "$(cell CustomAction UndoConfigure Type) $(in_order UndoConfigure Configure)" "3410 yes"
  is "actions: undone at a first installation only, where no other way had made the service" "$(condition UndoConfigure)" \
    "NOT Installed AND NOT WIX_UPGRADE_DETECTED AND NOT EARLIER_SERVICE"
  is "actions: what tells an earlier service" \
    "$(cell RegLocator EarlierService Key) $(cell RegLocator EarlierService Name) $(cell RegLocator EarlierService Type)" \
    'SYSTEM\CurrentControlSet\Services\Overlap ImagePath 18'
  is "actions: a rollback deletes no data" "$(cell CustomAction UndoConfigure Target)" "uninstall [LogOption]"
  for action in Configure UndoConfigure Unconfigure UndoUnconfigure; do
    is "actions: what $action says is kept" "$(cell CustomAction $action Target | grep -o '\[LogOption\]')" "[LogOption]"
  done
  is "actions: where only administrators write" "$(cell CustomAction AskForLog Target) $(in_order AskForLog UndoUnconfigure)" \
    '--log "[WindowsFolder]Logs\overlap-install.log" yes'
  is "actions: ending is undone" "$(cell CustomAction UndoUnconfigure Type) $(in_order UndoUnconfigure Unconfigure)" "3410 yes"
  is "actions: into what it was" "$(cell CustomAction UndoUnconfigure Target) $(condition UndoUnconfigure)" \
    "$(cell CustomAction Configure Target) [StartOption] $(condition Unconfigure)"
  is "actions: running, if it is to run" "$(cell CustomAction AskToStart Target) $(condition AskToStart)" "--start START = 1"
  is "actions: an upgrade does not uninstall" "$(condition Unconfigure)" \
    'REMOVE = "ALL" AND NOT UPGRADINGPRODUCTCODE AND (NOT EARLIER_VERSION OR EARLIER_VERSION = ProductVersion)'
  is "actions: so that it is seen, the new version is written down first" \
    "$(registry_row Version) $(in_order WriteRegistryValues RemoveExistingProducts)" \
    '2 SOFTWARE\Overlap Version [ProductVersion] Choices yes'
  is "actions: nothing is completed while it is removed" "$(condition Configure)" "NOT REMOVE"
  is "actions: a folder may end with a backslash" "$(cell CustomAction Configure Target | grep -o -- '--root "[^ ]*"')" \
    '--root "[ROOT]."'
  is "actions: ended before the programs go" "$(in_order Unconfigure RemoveFiles)" yes
}

# Each group checks what its name begins its facts with.
groups=(product upgrade service event_source folders choices actions)

check() { # check MSI
  local group
  export_tables "$1"
  for group in "${groups[@]}"; do "check_$group"; done
  printf '%d facts, %d violations\n' "$facts" "$violations"
  [ "$violations" = 0 ]
}

# ---- self-test

failures=0
# spoils FACT SQL: a copy with this change violates that fact; only the table that changes and the facts of that group are
# looked at again.
spoils() {
  local output group table
  group=${1%%:*}
  table=$(sed -E 's/^(UPDATE|DELETE FROM|INSERT INTO) (\w+) .*/\2/' <<<"$2")
  cp "$msi" "$spoilt/msi"
  msibuild "$spoilt/msi" -q "$2" || die "msibuild refused: $2"
  cp "$tables/$table" "$spoilt/table"
  msiinfo export "$spoilt/msi" "$table" | tr -d '\r' >"$tables/$table"
  output=$("check_${group// /_}")
  cp "$spoilt/table" "$tables/$table"
  grep -qF "FAIL  $1" <<<"$output" && return 0
  printf 'self-test: expected "%s" after %s, got:\n%s\n' "$1" "$2" "$output"
  failures=$((failures + 1))
}

self_test() {
  local sequence
  msi=$1
  spoilt=$tables/spoilt
  mkdir "$spoilt"
  check "$msi" >/dev/null || die "the MSI itself does not pass"
  spoils "product: the upgrade code" "UPDATE Property SET Value = '{00000000-0000-0000-0000-000000000000}' WHERE Property = 'UpgradeCode'"
  spoils "product: the product code" "UPDATE Property SET Value = '9.9.9' WHERE Property = 'ProductVersion'"
  spoils "product: Windows 10" "DELETE FROM LaunchCondition WHERE Condition = 'Installed OR WINDOWSMAJOR'"
  spoils "product: every file" "DELETE FROM Property WHERE Property = 'REINSTALLMODE'"
  spoils "upgrade: the old version goes" "UPDATE InstallExecuteSequence SET Sequence = 1401 WHERE Action = 'RemoveExistingProducts'"
  spoils "upgrade: one that fails" "UPDATE InstallExecuteSequence SET Sequence = 1899 WHERE Action = 'UndoStop'"
  spoils "upgrade: whenever it has stopped" "UPDATE InstallExecuteSequence SET Condition = 'REINSTALL' WHERE Action = 'UndoStop'"
  spoils "upgrade: a newer version is kept" "DELETE FROM LaunchCondition WHERE Condition = 'NOT WIX_DOWNGRADE_DETECTED'"
  spoils "service: virtual account" "UPDATE ServiceInstall SET StartName = 'LocalSystem' WHERE ServiceInstall = 'Overlap'"
  spoils "service: depends on Tcpip" "UPDATE ServiceInstall SET Dependencies = '' WHERE ServiceInstall = 'Overlap'"
  spoils "service: the image is the key" "UPDATE Component SET KeyPath = 'LICENSE' WHERE Component = 'Service'"
  spoils "service: the image is quoted" "UPDATE CustomAction SET Target = 'install --executable [#overlap_service.exe]' WHERE Action = 'Configure'"
  spoils "service: delayed start" "DELETE FROM MsiServiceConfig WHERE MsiServiceConfig = 'DelayedStart'"
  spoils "service: least privileges" "UPDATE MsiServiceConfig SET Argument = 'SeDebugPrivilege' WHERE MsiServiceConfig = 'Privileges'"
  spoils "service: when it restarts" "UPDATE MsiServiceConfigFailureActions SET DelayActions = '5[~]30[~]60' WHERE Name = 'Overlap'"
  spoils "service: stopped, made" "DELETE FROM InstallExecuteSequence WHERE Action = 'MsiConfigureServices'"
  spoils "service: started if wanted" "UPDATE InstallExecuteSequence SET Condition = '' WHERE Action = 'StartServices'"
  spoils "event source: EventMessageFile" "UPDATE Registry SET Value = '[#overlap_service.exe]' WHERE Registry = 'EventMessageFile'"
  spoils "event source: types" "DELETE FROM Registry WHERE Registry = 'TypesSupported'"
  spoils "folders: program folder" "UPDATE Directory SET Directory_Parent = 'CommonAppDataFolder' WHERE Directory = 'INSTALLFOLDER'"
  spoils "folders: the programs" "DELETE FROM File WHERE File = 'LICENSE'"
  spoils "folders: users may not write" "UPDATE MsiLockPermissionsEx SET SDDLText = 'D:PAI(A;OICI;FA;;;BU)' WHERE LockObject = 'INSTALLFOLDER'"
  spoils "folders: for SYSTEM, administrators" "UPDATE MsiLockPermissionsEx SET SDDLText = 'D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BU)' WHERE LockObject = 'DATAFOLDER'"
  spoils "folders: with the rights" "UPDATE MsiLockPermissionsEx SET SDDLText = 'D:(A;OICI;FA;;;SY)' WHERE LockObject = 'DATAFOLDER'"
  spoils "folders: locked before" "UPDATE InstallExecuteSequence SET Sequence = 5870 WHERE Action = 'CreateFolders'"
  spoils "folders: every component is 64-bit" "UPDATE Component SET Attributes = 0 WHERE Component = 'License'"
  spoils "choices: ROOT reaches" "UPDATE Property SET Value = 'FIRSTPORT;START' WHERE Property = 'SecureCustomProperties'"
  spoils "choices: no firewall rule" "INSERT INTO Property (Property, Value) VALUES ('FIREWALL', '1')"
  spoils "choices: data stays" "INSERT INTO Property (Property, Value) VALUES ('REMOVEDATA', '1')"
  for sequence in InstallExecuteSequence InstallUISequence; do
    spoils "choices: looked up before they are needed, $sequence" "UPDATE $sequence SET Sequence = 1010 WHERE Action = 'KeepInstallFolder'"
  done
  spoils "choices: looked up before they are needed, InstallUISequence" "DELETE FROM InstallUISequence WHERE Action = 'KeepRoot'"
  spoils "choices: KeepRoot on the same" "UPDATE InstallUISequence SET Condition = '' WHERE Action = 'KeepRoot'"
  spoils "choices: what is handed over" "INSERT INTO InstallUISequence (Action, Sequence) VALUES ('AskToRemoveData', 64)"
  spoils "choices: the link goes" "DELETE FROM RemoveFile WHERE FileKey = 'Dashboard'"
  spoils "actions: Configure is of a kind" "UPDATE CustomAction SET Type = 1042 WHERE Action = 'Configure'"
  spoils "actions: completing is undone" "UPDATE CustomAction SET Type = 3154 WHERE Action = 'UndoConfigure'"
  spoils "actions: undone at a first" "UPDATE InstallExecuteSequence SET Condition = 'NOT Installed' WHERE Action = 'UndoConfigure'"
  spoils "actions: what tells an earlier" "UPDATE RegLocator SET Type = 2 WHERE Signature_ = 'EarlierService'"
  spoils "actions: a rollback deletes no data" "UPDATE CustomAction SET Target = 'uninstall --remove-data' WHERE Action = 'UndoConfigure'"
  spoils "actions: what Unconfigure says" "UPDATE CustomAction SET Target = 'uninstall' WHERE Action = 'Unconfigure'"
  spoils "actions: where only administrators" "UPDATE CustomAction SET Target = '--log C:\ProgramData\log' WHERE Action = 'AskForLog'"
  spoils "actions: into what it was" "UPDATE CustomAction SET Target = 'install' WHERE Action = 'UndoUnconfigure'"
  spoils "actions: running, if" "UPDATE InstallExecuteSequence SET Condition = '' WHERE Action = 'AskToStart'"
  spoils "actions: an upgrade does not uninstall" "UPDATE InstallExecuteSequence SET Condition = 'REMOVE' WHERE Action = 'Unconfigure'"
  spoils "actions: so that it is seen" "DELETE FROM Registry WHERE Registry = 'Version'"
  spoils "actions: a folder may end" "UPDATE CustomAction SET Target = 'install --root \"[ROOT]\"' WHERE Action = 'Configure'"
  [ "$failures" = 0 ] || die "$failures changes were not noticed"
  echo "tables: every change was noticed"
}

tables=$(mktemp -d "${TMPDIR:-/tmp}/overlap-tables.XXXXXX")
trap 'rm -rf "$tables"' EXIT
case "${1:-}" in
  --self-test) [ $# = 2 ] && self_test "$2" ;;
  -* | "") sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" ;;
  *) check "$1" ;;
esac
