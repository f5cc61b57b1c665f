#!/usr/bin/env bash
# wget: continued, a folder mirrored by its listings, and only what is newer.
. "$(dirname "$0")/checks.sh"
. "$here/tree.sh"

get() { wget --quiet --tries 10 --timeout 60 --waitretry 1 "$@"; }
file=$served/file.bin
random_file "$file" 4000037
make_tree "$served/tree"
rm "$served/tree/percent%41.txt" # wget decodes a name twice before it makes a file of it, whatever the server

succeeds "a file" get -O "$scratch/plain" "$url/file.bin"
same_bytes "a file: bytes" "$file" "$scratch/plain"
head -c 1234567 "$file" >"$scratch/continued"
succeeds "-c" get -c -O "$scratch/continued" "$url/file.bin"
same_bytes "-c: bytes" "$file" "$scratch/continued"
succeeds "-c of what is whole" get -c -O "$scratch/continued" "$url/file.bin"
same_bytes "-c of what is whole: bytes" "$file" "$scratch/continued"
way=$(breaking_way 3 900000)
succeeds "over a way that breaks" get -O "$scratch/broken" "http://127.0.0.1:$way/$folder/file.bin"
same_bytes "over a way that breaks: bytes" "$file" "$scratch/broken"
succeeds "--spider" get --spider "$url/file.bin"
succeeds "--spider of nothing fails" bash -c "! wget --quiet --spider '$url/absent'"

mirror() { get -r -np -nH --cut-dirs 1 -R 'index.html*' -P "$scratch/mirror" "$@" "$url/tree/"; }
succeeds "-r -np" mirror
same_tree "-r -np: every file" "$served/tree" "$scratch/mirror/tree"
expect "with its time" "$(stat -c %Y "$served/tree/plain.txt")" "$(stat -c %Y "$scratch/mirror/tree/plain.txt")"

random_file "$served/tree/plain.txt" 4321
touch -d '1 hour' "$served/tree/plain.txt"
untouched=$(stat -c %Z "$scratch/mirror/tree/empty.txt" "$scratch/mirror/tree/sub folder/"*.bin)
sleep 1.1 # so that a file written again would show another second
succeeds "-N" mirror -N
same_tree "-N: what is newer" "$served/tree" "$scratch/mirror/tree"
expect "-N: and nothing else" "$untouched" \
  "$(stat -c %Z "$scratch/mirror/tree/empty.txt" "$scratch/mirror/tree/sub folder/"*.bin)"

succeeds "over TLS" get --ca-certificate "$authority" -O "$scratch/tls" "$tls_url/file.bin"
same_bytes "over TLS: bytes" "$file" "$scratch/tls"
succeeds "with a password" get --auth-no-challenge --user reader --password reading-room -O "$scratch/named" "$url/file.bin"
same_bytes "with a password: bytes" "$file" "$scratch/named"
