#!/usr/bin/env bash
# Makes the packages twice, the programs linked anew for the second time, and compares them byte by byte; then holds what is
# in them against what is to be in them.
#
#   usage: tests/installer/packages.sh    the packages stay in build/package
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/shell.sh
. "$here/../../scripts/shell.sh"

out=$overlap_top/build/package
again=$(mktemp -d "${TMPDIR:-/tmp}/overlap-packages.XXXXXX")
trap 'rm -rf "$again"' EXIT

rm -rf "$out"
"$overlap_top/scripts/package.sh" --out "$out" >/dev/null
find "$overlap_top/build/mingw" -name 'overlap*.exe' -not -name '*_test.exe' -delete
sleep 2 # FAT time, the coarsest in a zip: whatever takes the time of the day must differ
"$overlap_top/scripts/package.sh" --out "$again" >/dev/null
diff -r "$out" "$again" || die "the same sources made other packages"
say "Two runs made the same packages."

"$here/tables.sh" --self-test "$out"/overlap-*-x64.msi
"$here/tables.sh" "$out"/overlap-*-x64.msi
"$here/documents.sh" --self-test "$out"
"$here/documents.sh" "$out"
