#!/usr/bin/env bash
# rclone with its backend http: what it finds in the listings, copied, checked and read in parts.
. "$(dirname "$0")/checks.sh"
. "$here/tree.sh"

file=$served/file.bin
random_file "$file" 8000009
make_tree "$served/tree"
export RCLONE_CONFIG=/dev/null
run() { timeout 200 rclone --http-url "$url/" --retries 5 --low-level-retries 20 --timeout 60s "$@"; }

expect "lsf" "$(cd "$served/tree" && find . -mindepth 1 -type f -printf '%P\n' | sort)" "$(run lsf -R --files-only :http:tree | sort)"
expect "sizes" "$(cd "$served/tree" && find . -type f -printf '%P;%s\n' | sort)" \
  "$(run lsf -R --files-only --format ps :http:tree | sort)"
expect "size of all" "$(find "$served/tree" -type f -printf '%s\n' | awk '{sum += $1} END {print sum}')" \
  "$(run size --json :http:tree | jq .bytes)"
succeeds "sync" run sync :http:tree "$scratch/synced"
same_tree "sync: every file" "$served/tree" "$scratch/synced"
expect "sync: with its time" "$(stat -c %Y "$served/tree/plain.txt")" "$(stat -c %Y "$scratch/synced/plain.txt")"
succeeds "check --size-only" run check --size-only :http:tree "$scratch/synced"
succeeds "check --download" run check --download :http:tree "$scratch/synced"
random_file "$served/tree/plain.txt" 9999
rm "$served/tree/hash#1.txt"
succeeds "check sees what has changed" bash -c "! RCLONE_CONFIG=/dev/null rclone --http-url '$url/' check --download :http:tree '$scratch/synced'"
succeeds "sync again" run sync :http:tree "$scratch/synced"
same_tree "sync again: what has changed" "$served/tree" "$scratch/synced"
succeeds "in four streams" run copyto --multi-thread-streams 4 --multi-thread-cutoff 1M :http:file.bin "$scratch/streams"
same_bytes "in four streams: bytes" "$file" "$scratch/streams"
tail -c +1000001 "$file" | head -c 777 >"$scratch/wanted"
run cat --offset 1000000 --count 777 :http:file.bin >"$scratch/part"
same_bytes "a part" "$scratch/wanted" "$scratch/part"
way=$(breaking_way 3 2500000)
succeeds "over a way that breaks" timeout 200 rclone --http-url "http://127.0.0.1:$way/$folder/" --low-level-retries 20 \
  copyto :http:file.bin "$scratch/broken"
same_bytes "over a way that breaks: bytes" "$file" "$scratch/broken"
succeeds "over TLS" timeout 200 rclone --http-url "$tls_url/" --ca-cert "$authority" copyto :http:file.bin "$scratch/tls"
same_bytes "over TLS: bytes" "$file" "$scratch/tls"
