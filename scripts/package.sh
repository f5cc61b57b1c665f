#!/usr/bin/env bash
# Builds the programs and makes of them what is published: overlap-V-x64.msi, overlap-V-x64.zip, the bill of materials
# overlap-V.spdx.json, the winget manifests, and SHA256SUMS over all of it. The same sources make the same bytes.
#
#   usage: scripts/package.sh [--version V] [--out DIR] [--no-build]
#     --version V   another version than the project's, for tests of upgrades: 1.2.3
#     --out DIR     where the packages go (default: build/package); what lies there under these names is replaced
#     --no-build    takes the programs as an earlier run has built them
#     --help        this text
#
# Times in the packages are that of the last commit, or SOURCE_DATE_EPOCH. docs/PACKAGING.md tells what is in them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell.sh"
. "$here/build.sh"

targets=(overlap-service overlapctl overlap_conformance)
# Beside the programs, in the MSI and in the zip; and in the zip only, for who installs by hand. install_sc.sh reads both.
documents=(LICENSE THIRD-PARTY-NOTICES.txt)
by_hand=(installer/overlap.toml)
installer=$overlap_top/installer
out=$overlap_top/build/package
version=
build=true

usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

parse_arguments() {
  while [ $# != 0 ]; do
    case $1 in
      --version | --out)
        [ $# -ge 2 ] || die "$1 needs a value (scripts/package.sh --help)"
        case $1 in
          --version) version=$2 ;;
          --out) out=$2 ;;
        esac
        shift
        ;;
      --no-build) build=false ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) die "unknown option $1 (scripts/package.sh --help)" ;;
    esac
    shift
  done
  # Windows Installer knows three numbers, and compares no others.
  [ -z "$version" ] || [[ $version =~ ^(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,4})$ ]] ||
    die "--version must be three numbers such as 1.2.3, the first two at most 255, not $version"
}

# What CMakeLists.txt says of the project.
project_version() { sed -n 's/^project(overlap VERSION \([0-9.]*\).*/\1/p' "$overlap_top/CMakeLists.txt"; }
project_home() { sed -n 's/^ *HOMEPAGE_URL "\(.*\)".*/\1/p' "$overlap_top/CMakeLists.txt"; }

# A name of its own for every different thing, the same for the same thing: UUID version 5 (RFC 9562).
uuid_of() { python3 -c 'import sys, uuid; print(str(uuid.uuid5(uuid.UUID(sys.argv[1]), sys.argv[2])).upper())' "$1" "$2"; }

upgrade_code() { sed -n 's/.*UpgradeCode="{\(.*\)}".*/\1/p' "$installer/overlap.wxs"; }

# ---- the programs

# Another version is built beside the usual one, mostly out of the compiler's cache: one source differs.
build_programs() {
  local folder=$overlap_top/build/mingw
  if [ "$version" = "$(project_version)" ]; then
    if $build; then build_preset mingw "${targets[@]}"; fi
  else
    folder=$overlap_top/build/mingw-$version
    if $build; then build_other_version "$folder"; fi
  fi
  # strip writes a time into a program: this one.
  SOURCE_DATE_EPOCH=$packaged cmake --install "$folder" --strip --prefix "$work/files"
}

build_other_version() (
  cd "$overlap_top" || exit 1
  export CCACHE_BASEDIR=$overlap_top CCACHE_NOHASHDIR=true
  cmake --preset mingw -B "$1" -DOVERLAP_OTHER_VERSION="$version"
  cmake --build "$1" --target "${targets[@]}"
)

stage_files() { # files: what the MSI installs; the folder of the zip has more
  (cd "$overlap_top" && cp "${documents[@]}" "$work/files/")
  cp -r "$work/files" "$work/overlap-$version"
  (cd "$overlap_top" && cp "${by_hand[@]}" "$work/overlap-$version/")
  chmod 644 "$work"/{files,"overlap-$version"}/*
  touch --date="@$packaged" "$work"/{files,"overlap-$version"}/*
}

# ---- the MSI

# msibuild would stamp the moment and a random code into the summary; two packages that differ must differ in the code.
write_summary() { # write_summary MSI PACKAGE_CODE
  local date
  date=$(date --date="@$packaged" '+%Y/%m/%d %H:%M:%S')
  msiinfo export "$1" _SummaryInformation |
    sed -E -e "s|^9\t[^\r]*|9\t{$2}|" -e "s|^(1[23])\t[^\r]*|\1\t$date|" >"$work/summary.idt"
  grep -qF "{$2}" "$work/summary.idt" || die "the summary of the MSI has no package code"
}

add_rest() { # add_rest MSI: what wixl cannot write
  local statements=() tables line
  tables=$(msiinfo tables "$1")
  while IFS= read -r line; do
    if [[ $line =~ ^CREATE\ TABLE\ \`([A-Za-z]+)\` ]] && grep -qx "${BASH_REMATCH[1]}" <<<"$tables"; then continue; fi
    case $line in "" | --*) ;; *) statements+=(-q "$line") ;; esac
  done <"$installer/overlap.sql"
  msibuild "$1" "${statements[@]}"
}

build_msi() { # build_msi MSI PRODUCT_CODE
  local package_code
  package_code=$(uuid_of "$(upgrade_code)" "package $(cat "$work"/files/* "$installer"/overlap.{wxs,sql} | sha256sum)")
  rm -f "$1"
  # wixl takes sources by relative names only.
  (cd "$work" && wixl --arch x64 --define Version="$version" --define ProductCode="{$2}" --define HelpLink="$(project_home)" \
    --define Files=files --output "$1" "$installer/overlap.wxs")
  add_rest "$1"
  write_summary "$1" "$package_code"
  msibuild "$1" -i "$work/summary.idt"
}

# ---- the rest

build_zip() { # build_zip ZIP: sorted, without the owner or the second time that -X leaves out
  rm -f "$1"
  (cd "$work" && printf '%s\n' "overlap-$version"/* | sort | zip -q -X -D -9 -@ "$1")
}

# What scripts/dependencies.sh built the prefix of, what npm brought, and what the compiler links in by itself.
linked_libraries() {
  local source name runtime
  while IFS= read -r source; do
    name=${source%%_*}
    jq -n --arg package "$name" --arg file "$source" '($file | sub("\\.(dsc|deb)$"; "") | split("_")[1]) as $version |
      {$package, $version, purl: "pkg:deb/debian/\($package)@\($version | @uri)"}'
  done <"$OVERLAP_PREFIX/SOURCES"
  jq '.packages["node_modules/uplot"] | {package: "uplot", version, purl: "pkg:npm/uplot@\(.version)"}' \
    "$overlap_top/admin/web/package-lock.json"
  for name in gcc-mingw-w64 mingw-w64; do
    case $name in
      gcc-mingw-w64) runtime=gcc-mingw-w64-x86-64-posix-runtime ;;
      mingw-w64) runtime=mingw-w64-x86-64-dev ;;
    esac
    jq -n --arg package "$name" --arg version "$(dpkg-query -W -f '${Version}' "$runtime")" --arg runtime "$runtime" \
      '{$package, $version, purl: "pkg:deb/debian/\($runtime)@\($version | @uri)"}'
  done
}

shipped_files() {
  local file
  for file in "$work/overlap-$version"/*; do
    jq -n --arg name "${file##*/}" --arg sha1 "$(sha1sum <"$file" | cut -d' ' -f1)" \
      --arg sha256 "$(sha256sum <"$file" | cut -d' ' -f1)" '{$name, $sha1, $sha256}'
  done
}

build_sbom() { # build_sbom FILE
  local linked files
  linked=$(linked_libraries | jq -s .)
  files=$(shipped_files | jq -s .)
  jq -n --from-file "$installer/sbom.jq" --slurpfile known "$installer/libraries.json" --argjson linked "$linked" \
    --argjson files "$files" --arg version "$version" --arg home "$(project_home)" \
    --arg created "$(date --date="@$packaged" '+%Y-%m-%dT%H:%M:%SZ')" \
    --arg unique "$(uuid_of "$(upgrade_code)" "sbom $linked $files")" >"$1"
}

write_winget() { # write_winget FOLDER MSI PRODUCT_CODE
  local template
  rm -rf "$1"
  mkdir -p "$1"
  for template in "$installer"/winget/*.yaml; do
    sed -e "s|@VERSION@|$version|g; s|@HOME@|$(project_home)|g; s|@PRODUCT_CODE@|{$3}|g; s|@UPGRADE_CODE@|{$(upgrade_code)}|g" \
      -e "s|@DATE@|$(date --date="@$packaged" +%F)|; s|@SHA256@|$(sha256sum <"$2" | cut -d' ' -f1 | tr a-f A-F)|" \
      "$template" >"$1/${template##*/}"
  done
}

main() {
  local name product_code
  parse_arguments "$@"
  "$here/setup.sh" --packages
  OVERLAP_PREFIX=$("$here/setup.sh")
  export OVERLAP_PREFIX
  packaged=${SOURCE_DATE_EPOCH:-$(git -C "$overlap_top" log -1 --format=%ct)}
  unset SOURCE_DATE_EPOCH # the cache of the compiler takes another time, as another language, for another compiler
  version=${version:-$(project_version)}
  mkdir -p "$out"
  out=$(cd "$out" && pwd)
  work=$(mktemp -d "${TMPDIR:-/tmp}/overlap-package.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  name=overlap-$version
  product_code=$(uuid_of "$(upgrade_code)" "product $version x64")
  step "Building the programs, version $version" build_programs
  export LC_ALL=C.UTF-8 TZ=UTC # orders and times are the same everywhere
  stage_files
  build_msi "$out/$name-x64.msi" "$product_code"
  build_zip "$out/$name-x64.zip"
  build_sbom "$out/$name.spdx.json"
  write_winget "$out/$name-winget" "$out/$name-x64.msi" "$product_code"
  (cd "$out" && sha256sum "$name-x64.msi" "$name-x64.zip" "$name.spdx.json" "$name"-winget/*.yaml >SHA256SUMS)
  (cd "$out" && printf '%s\n' "$PWD/$name-x64.msi" "$PWD/$name-x64.zip" "$PWD/$name.spdx.json" "$PWD/$name-winget")
}

main "$@"
