#!/usr/bin/env bash
# Files that another program changes, cuts short, lets grow, replaces or deletes while curl downloads them: what ends well
# is the file as it was at one moment; anything else is cut.
. "$(dirname "$0")/checks.sh"

fetch() { curl --silent --show-error --max-time 120 "$@"; }
old=$scratch/old
size=40000000 # much more than the network holds between the two
random_file "$old" "$size"

# Downloads slowly; `change FILE` is called once the first bytes have come.
while_downloading() { # while_downloading WHAT CHANGE...
  local what=$1 download status=0
  shift
  cp "$old" "$served/file.bin.new" && mv "$served/file.bin.new" "$served/file.bin"
  rm -f "$scratch/got"
  curl --silent --max-time 120 --limit-rate 20M -o "$scratch/got" "$url/file.bin" &
  download=$!
  until [ -s "$scratch/got" ] || ! kill -0 "$download" 2>/dev/null; do sleep 0.05; done
  "$@"
  wait "$download" || status=$?
  if [ "$status" != 0 ]; then
    echo cut >>"$scratch/ends"
    ok "$what: cut"
  else
    echo whole >>"$scratch/ends"
    same_bytes "$what: not cut, so it is the old file" "$old" "$scratch/got"
  fi
  if [ -e "$served/file.bin" ]; then
    fetch -o "$scratch/got" "$url/file.bin"
    same_bytes "$what: then the new one comes" "$served/file.bin" "$scratch/got"
  else
    expect "$what: then there is none" 404 "$(fetch -o /dev/null --write-out '%{http_code}' "$url/file.bin")"
  fi
}
change_in_place() { dd if=/dev/urandom of="$served/file.bin" bs=1000 count=10 seek=$((size / 1000 - 100)) conv=notrunc status=none; }
cut_short() { truncate -s $((size - 1000000)) "$served/file.bin"; }
grow() { head -c 1000 /dev/urandom >>"$served/file.bin"; }
replace() { random_file "$served/other" "$size" && mv "$served/other" "$served/file.bin"; }
delete() { rm "$served/file.bin"; }

while_downloading "changed in place" change_in_place
expect "changed in place: it would have been a mixture" cut "$(tail -n 1 "$scratch/ends")"
while_downloading "cut short" cut_short
while_downloading "grown" grow
while_downloading "replaced" replace
while_downloading "deleted" delete

# The validator of a part must not join it to another version.
cp "$old" "$served/file.bin"
etag=$(fetch --head "$url/file.bin" | tr -d '\r' | sed -n 's/^etag: //Ip')
change_in_place
expect "the rest of another version is not sent" "200 $size" \
  "$(fetch -r 3000000- -H "If-Range: $etag" -o /dev/null --write-out '%{http_code} %{size_download}' "$url/file.bin")"
expect "nor is it said to be the same" 200 \
  "$(fetch -H "If-None-Match: $etag" -o /dev/null --write-out '%{http_code}' "$url/file.bin")"
expect "nor is it replaced" 412 \
  "$(fetch -H "If-Match: $etag" -T "$old" -o /dev/null --write-out '%{http_code}' "$url/file.bin")"
