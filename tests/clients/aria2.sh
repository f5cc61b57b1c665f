#!/usr/bin/env bash
# aria2: one file in eight segments over eight connections, checked, over a way that breaks, and resumed.
. "$(dirname "$0")/checks.sh"

file=$served/file.bin
random_file "$file" 24000013
download() { # download OPTION... URL
  aria2c --quiet --no-conf --dir="$scratch" --min-split-size=1M --max-connection-per-server=8 --split=8 \
    --max-tries=10 --retry-wait=1 --timeout=60 --file-allocation=none --allow-overwrite=true --auto-file-renaming=false "$@"
}

succeeds "eight segments, checked by SHA-256" download --out=segmented "--checksum=sha-256=$(sum_of "$file")" "$url/file.bin"
same_bytes "eight segments" "$file" "$scratch/segmented"
succeeds "a wrong sum is noticed" bash -c "! aria2c --quiet --no-conf --dir='$scratch' --out=wrong \
  --checksum=sha-256=$(printf 'x' | sha256sum | cut -d ' ' -f 1) '$url/file.bin'"

way=$(breaking_way 6 1500000)
succeeds "segments over a way that breaks" download --out=broken "http://127.0.0.1:$way/$folder/file.bin"
same_bytes "segments over a way that breaks: bytes" "$file" "$scratch/broken"

# Left alone once the ways are broken: the control file tells the second run which segments are missing.
way=$(breaking_way 1000 900000)
download --max-tries=1 --out=resumed "http://127.0.0.1:$way/$folder/file.bin" >/dev/null 2>&1
expect "the first run did not end the file" present "$([ -e "$scratch/resumed.aria2" ] && echo present || echo absent)"
succeeds "resumed" download --continue=true --out=resumed "$url/file.bin"
same_bytes "resumed: bytes" "$file" "$scratch/resumed"

mkdir -p "$served/list"
for i in $(seq 1 12); do
  random_file "$served/list/$i.bin" $((i * 40000))
  printf '%s\n  out=list/%d.bin\n' "$url/list/$i.bin" "$i"
done >"$scratch/input"
succeeds "twelve files at once" download --max-concurrent-downloads=12 --input-file="$scratch/input"
same_tree "twelve files" "$served/list" "$scratch/list"

touch -d '2 hours ago' "$file"
succeeds "with the time of the file" download --remote-time=true --out=timed "$url/file.bin"
expect "the time of the file" "$(stat -c %Y "$file")" "$(stat -c %Y "$scratch/timed")"
succeeds "not again if it is the same" download --conditional-get=true --remote-time=true --out=timed "$url/file.bin"
same_bytes "and it stays" "$file" "$scratch/timed"
succeeds "over TLS" download --ca-certificate="$authority" --out=tls "$tls_url/file.bin"
same_bytes "over TLS: bytes" "$file" "$scratch/tls"
