#!/usr/bin/env bash
# A folder of 100 000 files, page by page: every name once, and the service does not grow with the folder. It is the store
# that reads folders, the same for all models: only asio is shown so many.
. "$(dirname "$0")/checks.sh"

files=10000
if [ "$model" = asio ]; then files=100000; fi
entries=$((files / 5)) # of a page
mkdir -p "$served/large"
(cd "$served/large" && seq -f 'file-%06g.txt' 1 "$files" | xargs touch)

resident_kib() { # of the service, which holds this listener's port
  local process
  for process in /proc/[0-9]*; do
    # A process may end while it is looked at.
    if { tr '\0' ' ' <"$process/cmdline" | grep -qF "${OVERLAP_CONFIG##*/}" &&
      tr '\0' '\n' <"$process/environ" | grep -qxF "WINEPREFIX=$WINEPREFIX"; } 2>/dev/null; then
      awk '/^VmRSS:/ {print $2}' "$process/status"
      return
    fi
  done
}
page() { curl --silent --show-error --max-time 300 -H 'Accept: application/json' -o "$scratch/page" "$1"; }

page "$url/large/?limit=10"
before=$(resident_kib)
next="/$folder/large/?limit=$entries"
pages=0
: >"$scratch/names"
while [ -n "$next" ] && [ "$pages" -lt 30 ]; do
  page "$origin$next" || break
  jq -r '.entries[].name' "$scratch/page" >>"$scratch/names"
  next=$(jq -r '.next // empty' "$scratch/page")
  pages=$((pages + 1))
done
after=$(resident_kib)
expect "pages" 5 "$pages"
expect "every name once, in order" "$(seq -f 'file-%06g.txt' 1 "$files" | sha256sum)" "$(sha256sum <"$scratch/names")"
if [ -n "$before" ] && [ $((after - before)) -lt 32768 ]; then ok "memory"; else
  not_ok "memory" "$before KiB before, $after KiB after"
fi
