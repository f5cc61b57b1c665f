#!/usr/bin/env bash
# Holds what lies beside the MSI against it: the zip, the bill of materials, the winget manifests and the checksums.
#
#   usage: tests/installer/documents.sh DIR               what scripts/package.sh has put into DIR
#          tests/installer/documents.sh --self-test DIR   spoils a copy in every way and sees that it is noticed
#
# Sources: the SPDX specification 2.3, "Package Information" to "Relationships"; Microsoft's winget manifest schema 1.6.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/shell.sh
. "$here/../../scripts/shell.sh"

violations=0
wrong() {
  printf 'FAIL  %s\n' "$*"
  violations=$((violations + 1))
}

find_packages() { # find_packages DIR: one version lies there
  msi=$(echo "$1"/overlap-*-x64.msi)
  [ -f "$msi" ] || die "$1 has not one MSI"
  name=${msi##*/}
  name=${name%-x64.msi}
  version=${name#overlap-}
  folder=$1
}

property() { msiinfo export "$msi" Property | tr -d '\r' | awk -F '\t' -v name="$1" '$1 == name {print $2}'; }

check_checksums() {
  local file
  (cd "$folder" && sha256sum --check --quiet SHA256SUMS) || wrong "checksums: a file differs"
  for file in "$name-x64.msi" "$name-x64.zip" "$name.spdx.json" "$name"-winget/Overlap.Overlap{,.installer,.locale.en-US}.yaml; do
    grep -q " $file\$" "$folder/SHA256SUMS" || wrong "checksums: $file is missing"
  done
}

# Both hold the same programs; the zip also what is copied by hand.
check_contents() {
  local scratch=$1
  mkdir -p "$scratch/msi" "$scratch/zip"
  msiextract --directory "$scratch/msi" "$msi" >/dev/null
  (cd "$scratch/zip" && unzip -q "$folder/$name-x64.zip") || wrong "zip: cannot be unpacked"
  diff -r "$scratch/msi/Overlap" "$scratch/zip/$name" >"$scratch/more" || true
  [ "$(cat "$scratch/more")" = "Only in $scratch/zip/$name: overlap.toml" ] || wrong "contents: the MSI and the zip differ"
  diff -q "$overlap_top/installer/overlap.toml" "$scratch/zip/$name/overlap.toml" >/dev/null ||
    wrong "contents: the configuration of the zip is another"
}

# "Install by hand" copies every file of the zip, and no other.
check_by_hand() { # check_by_hand UNPACKED
  local copied there
  copied=$(sed -n '/^<!-- install -->/,/^<!-- end -->/s/^copy "\{0,1\}\([^ "]*\).*/\1/p' "$overlap_top/docs/OPERATIONS.md" |
    sort | tr '\n' ' ')
  there=$(cd "$1" && printf '%s\n' * | sort | tr '\n' ' ')
  [ "$copied" = "$there" ] || wrong "by hand: docs/OPERATIONS.md copies $copied, and in the zip is $there"
}

check_sbom() {
  local sbom=$folder/$name.spdx.json complaint
  while IFS= read -r complaint; do wrong "bill of materials: $complaint"; done < <(jq -r --arg version "$version" '
    def id: test("^SPDXRef-[A-Za-z0-9.-]+$");
    def without($keys): . as $it | $keys[] | select($it[.] == null or $it[.] == "") | "\($it.name // $it.fileName): no \(.)";
    [.packages[].SPDXID, .files[].SPDXID, .SPDXID] as $ids
    | (if .spdxVersion != "SPDX-2.3" or .dataLicense != "CC0-1.0" or .SPDXID != "SPDXRef-DOCUMENT" then "header" else empty end),
      (if .documentNamespace | test("^https://[^#]+$") then empty else "namespace" end),
      (if .creationInfo.created | test("^[0-9-]{10}T[0-9:]{8}Z$") then empty else "time" end),
      (if (.creationInfo.creators | length) > 0 then empty else "creators" end),
      (.packages[] | without(["name", "SPDXID", "versionInfo", "downloadLocation", "licenseDeclared", "copyrightText"])),
      (.packages[] | select(.licenseDeclared == "NOASSERTION") | "\(.name): no licence"),
      (.files[] | without(["fileName", "SPDXID", "checksums"])),
      (.files[] | select([.checksums[].algorithm] | index("SHA1") == null) | "\(.fileName): no SHA1"),
      ($ids[] | select(id | not) | "identifier \(.)"),
      (if ($ids | unique | length) != ($ids | length) then "an identifier twice" else empty end),
      (.relationships[] | .spdxElementId, .relatedSpdxElement | select(. as $one | $ids | index($one) == null) | "no element \(.)"),
      (.packages[] | select(.name == "Overlap" and .versionInfo != $version) | "version \(.versionInfo)"),
      (.packages[1:][].SPDXID as $one | select([.relationships[] | select(.relationshipType == "STATIC_LINK")
        | .relatedSpdxElement] | index($one) == null) | "\($one) is not linked")' "$sbom")
  local source
  # shellcheck disable=SC2013 # words, not lines
  for source in $(sed -nE 's/^(source|header)_packages=\(([^)]*)\).*/\2/p' "$overlap_top/scripts/dependencies.sh") uplot; do
    jq -e --arg id "SPDXRef-$source" 'any(.packages[]; .SPDXID == $id)' "$sbom" >/dev/null ||
      wrong "bill of materials: $source is built, and not listed"
  done
}

check_sbom_files() { # check_sbom_files UNPACKED
  local file sum
  for file in "$1"/*; do
    sum=$(jq -r --arg name "./${file##*/}" '.files[] | select(.fileName == $name) | .checksums[]
      | select(.algorithm == "SHA256").checksumValue' "$folder/$name.spdx.json")
    [ "$sum" = "$(sha256sum <"$file" | cut -d' ' -f1)" ] || wrong "bill of materials: ${file##*/} is another"
  done
}

check_winget() {
  local manifest
  manifest=$(printf '%s' "$folder/$name"-winget/Overlap.Overlap)
  has "$manifest.yaml" "PackageIdentifier: Overlap.Overlap" "PackageVersion: $version" "DefaultLocale: en-US" \
    "ManifestType: version" "ManifestVersion: 1.6.0"
  has "$manifest.installer.yaml" "PackageIdentifier: Overlap.Overlap" "PackageVersion: $version" "InstallerType: wix" \
    "Scope: machine" "- Architecture: x64" "InstallerSha256: $(sha256sum <"$msi" | cut -d' ' -f1 | tr a-f A-F)" \
    "ProductCode: '$(property ProductCode)'" "UpgradeCode: '$(property UpgradeCode)'" "ManifestType: installer" \
    "ManifestVersion: 1.6.0"
  grep -qE "^ +InstallerUrl: https://.*/${msi##*/}\$" "$manifest.installer.yaml" || wrong "winget: no address of the MSI"
  has "$manifest.locale.en-US.yaml" "PackageIdentifier: Overlap.Overlap" "PackageVersion: $version" "PackageLocale: en-US" \
    "Publisher: The Overlap authors" "PackageName: Overlap" "License: MIT" "ManifestType: defaultLocale" "ManifestVersion: 1.6.0"
  grep -q '^ShortDescription: .' "$manifest.locale.en-US.yaml" || wrong "winget: no short description"
  ! grep -n '@[A-Z_]*@' "$manifest".*yaml || wrong "winget: a blank that nobody has filled in"
}
has() { # has FILE LINE...
  local file=$1 line
  shift
  for line in "$@"; do grep -qE "^ *$(sed 's/[{}.$*]/\\&/g' <<<"$line")\$" "$file" || wrong "winget: ${file##*/} has no $line"; done
}

check() { # check DIR
  local scratch
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/overlap-documents.XXXXXX")
  find_packages "$(cd "$1" && pwd)"
  check_checksums
  check_contents "$scratch"
  check_by_hand "$scratch/zip/$name"
  check_sbom
  check_sbom_files "$scratch/zip/$name"
  check_winget
  rm -rf "$scratch"
  printf '%s: %d violations\n' "$name" "$violations"
  [ "$violations" = 0 ]
}

failures=0
spoils() { # spoils COMPLAINT FILE jq|sed|without EXPRESSION: the copy with this change is complained about
  local output
  rm -rf "$copy"
  cp -r "$original" "$copy"
  case $3 in
    jq) jq "$4" "$original/$2" >"$copy/$2" ;;
    sed) sed -i "$4" "$copy/$2" ;;
    without) zip -q -d "$copy/$2" "*/$4" ;;
  esac
  output=$("$0" "$copy" 2>&1) || true
  grep -qF "FAIL  $1" <<<"$output" && return 0
  printf 'self-test: expected "%s" after %s, got:\n%s\n' "$1" "$4" "$output"
  failures=$((failures + 1))
}

self_test() {
  local winget
  original=$(cd "$1" && pwd)
  "$0" "$original" >/dev/null || die "the packages themselves do not pass"
  find_packages "$original"
  winget=$name-winget/Overlap.Overlap
  copy=$(mktemp -d "${TMPDIR:-/tmp}/overlap-documents.XXXXXX")
  trap 'rm -rf "$copy"' EXIT
  spoils "checksums: a file differs" "$winget.yaml" sed 's/en-US/en-us/'
  spoils "contents:" "$name-x64.zip" sed '1s/^PK/KP/'
  spoils "by hand:" "$name-x64.zip" without overlap.toml
  spoils "contents: the MSI and the zip differ" "$name-x64.zip" without LICENSE
  spoils "by hand:" "$name-x64.zip" without overlapctl.exe
  spoils "bill of materials: header" "$name.spdx.json" jq '.spdxVersion = "SPDX-2.2"'
  spoils "bill of materials: OpenSSL: no versionInfo" "$name.spdx.json" jq 'del(.packages[] | select(.name == "OpenSSL").versionInfo)'
  spoils "bill of materials: openssl is built" "$name.spdx.json" jq 'del(.packages[] | select(.name == "OpenSSL"))'
  spoils "bill of materials: no element" "$name.spdx.json" jq '.relationships[0].relatedSpdxElement = "SPDXRef-other"'
  spoils "bill of materials: overlapctl.exe is another" "$name.spdx.json" jq '.files[].checksums[].checksumValue = "00"'
  spoils "winget: Overlap.Overlap.installer.yaml has no InstallerSha256" "$winget.installer.yaml" sed 's/Sha256: ./Sha256: 0/'
  spoils "winget: Overlap.Overlap.locale.en-US.yaml has no License" "$winget.locale.en-US.yaml" sed '/^License/d'
  spoils "winget: a blank" "$winget.locale.en-US.yaml" sed 's/^Moniker: .*/Moniker: @MONIKER@/'
  [ "$failures" = 0 ] || die "$failures changes were not noticed"
  echo "documents: every change was noticed"
}

case "${1:-}" in
  --self-test) [ $# = 2 ] && self_test "$2" ;;
  -* | "") sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" ;;
  *) check "$1" ;;
esac
