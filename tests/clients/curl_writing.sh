#!/usr/bin/env bash
# curl: what is written. PUT plain, chunked and with conditions, digests; folders; DELETE, MOVE and COPY.
. "$(dirname "$0")/checks.sh"

fetch() { curl --silent --show-error --max-time 120 "$@"; }
status_of() { fetch --output /dev/null --write-out '%{http_code}' "$@"; }
field() { tr -d '\r' <"$1" | sed -n "s/^$2: //Ip" | tail -n 1; } # field HEAD_FILE NAME
etag_of() { fetch --head "$1" | tr -d '\r' | sed -n 's/^etag: //Ip'; }

old=$scratch/old
new=$scratch/new
big=$scratch/big
random_file "$old" 200003
random_file "$new" 150001
random_file "$big" 5000011

# ---- PUT

expect "PUT of a new file" 201 "$(status_of -T "$old" "$url/file.bin")"
same_bytes "what PUT stored" "$old" "$served/file.bin"
expect "PUT over it" 204 "$(status_of -T "$new" "$url/file.bin")"
same_bytes "what PUT replaced" "$new" "$served/file.bin"
fetch -T "$old" --dump-header "$scratch/head" -o /dev/null "$url/file.bin"
expect "PUT tells the ETag that GET tells" "$(etag_of "$url/file.bin")" "$(field "$scratch/head" etag)"
expect "PUT of a large file, after 100 Continue" 201 "$(status_of -T "$big" "$url/big.bin")"
same_bytes "the large file" "$big" "$served/big.bin"
expect "PUT without Expect" 204 "$(status_of -H 'Expect:' -T "$big" "$url/big.bin")"
same_bytes "the large file again" "$big" "$served/big.bin"
# shellcheck disable=SC2002
expect "PUT in chunks, of standard input" 201 "$(cat "$big" | status_of -T - "$url/chunked.bin")"
same_bytes "what came in chunks" "$big" "$served/chunked.bin"
expect "PUT of nothing" 201 "$(status_of -T /dev/null "$url/nothing")"
expect "is an empty file" 0 "$(stat -c %s "$served/nothing")"
expect "PUT into a folder that is not there" 409 "$(status_of -T "$old" "$url/none/file.bin")"
expect "PUT with Content-Encoding" 415 "$(status_of -H 'Content-Encoding: gzip' -T "$old" "$url/file.bin")"
expect "PUT with Content-Range" 400 "$(status_of -H 'Content-Range: bytes 0-1/9' -T "$old" "$url/file.bin")"
expect "a name that Windows could not hold" 400 "$(status_of -T "$old" "$url/NUL.txt")"
expect "a name that is too long" 414 "$(status_of -T "$old" "$url/$(printf '%256s' '' | tr ' ' x)")"
longest=$(printf '%255s' '' | tr ' ' x)
expect "the longest name" 201 "$(status_of -T "$old" "$url/$longest")"
same_bytes "under the longest name" "$old" "$served/$longest"
rm -f "$served/$longest"
long=$(printf '%86s' '' | sed 's/ /한/g') # 86 characters, 258 bytes
expect "PUT of a long Hangul name" 201 "$(status_of -T "$old" "$url/$long")"
fetch -o "$scratch/got" "$url/$long"
same_bytes "GET of a long Hangul name" "$old" "$scratch/got"

# ---- conditions

expect "If-None-Match: * on what exists" 412 "$(status_of -H 'If-None-Match: *' -T "$new" "$url/file.bin")"
same_bytes "and it stays" "$old" "$served/file.bin"
expect "If-None-Match: * on what does not" 201 "$(status_of -H 'If-None-Match: *' -T "$new" "$url/once.bin")"
expect "If-Match with another ETag" 412 "$(status_of -H 'If-Match: "x"' -T "$new" "$url/file.bin")"
same_bytes "and it stays as well" "$old" "$served/file.bin"
expect "If-Match with its ETag" 204 "$(status_of -H "If-Match: $(etag_of "$url/file.bin")" -T "$new" "$url/file.bin")"
same_bytes "and it is replaced" "$new" "$served/file.bin"
expect "If-Match: * on what does not exist" 412 "$(status_of -H 'If-Match: *' -T "$new" "$url/never.bin")"
expect "a refusal instead of 100 Continue takes no body" "412 0" \
  "$(fetch -o /dev/null --write-out '%{http_code} %{size_upload}' --expect100-timeout 60 -H 'Expect: 100-continue' \
    -H 'If-None-Match: *' -T "$big" "$url/big.bin")"
expect "another expectation" 417 "$(status_of -H 'Expect: wonders' -T "$old" "$url/file.bin")"

# ---- digests

digest() { openssl dgst "-$1" -binary "$2" | base64 -w 0; }
for kind in Repr-Digest Content-Digest; do
  expect "$kind that holds" 204 "$(status_of -H "$kind: sha-256=:$(digest sha256 "$old"):" -T "$old" "$url/file.bin")"
  same_bytes "$kind: stored" "$old" "$served/file.bin"
  expect "$kind by sha-512" 204 "$(status_of -H "$kind: sha-512=:$(digest sha512 "$new"):" -T "$new" "$url/file.bin")"
  expect "$kind that does not hold" 400 \
    "$(status_of -H "$kind: sha-256=:$(digest sha256 "$old"):" -T "$new" "$url/digest.bin")"
  expect "$kind: nothing is stored then" absent "$([ -e "$served/digest.bin" ] && echo present || echo absent)"
  expect "$kind that is malformed" 400 "$(status_of -H "$kind: sha-256=nonsense" -T "$new" "$url/digest.bin")"
done
expect "a digest in chunks" 204 "$(status_of -H "Repr-Digest: sha-256=:$(digest sha256 "$big"):" -T - "$url/big.bin" <"$big")"

# ---- folders

expect "PUT of a folder" 201 "$(status_of -X PUT "$url/folder/")"
expect "makes it" folder "$([ -d "$served/folder" ] && echo folder || echo none)"
expect "PUT of a folder that is there" 204 "$(status_of -X PUT "$url/folder/")"
expect "MKCOL of what is there" 405 "$(status_of -X MKCOL "$url/folder/")"
expect "PUT of a file where a folder is" 409 "$(status_of -T "$old" "$url/folder")"
expect "PUT into the folder" 201 "$(status_of -T "$old" "$url/folder/file.bin")"
deep=$url
path=$served
for i in $(seq 1 8); do
  name=level-$i-$(printf '%40s' '' | tr ' ' x)
  deep=$deep/$name
  path=$path/$name
  fetch -o /dev/null -X PUT "$deep/"
done
expect "a path of more than 260 characters" 201 "$(status_of -T "$old" "$deep/file.bin")"
same_bytes "there" "$old" "$path/file.bin"
fetch -o "$scratch/got" "$deep/file.bin"
same_bytes "and back" "$old" "$scratch/got"

# ---- MOVE and COPY

expect "MOVE" 201 "$(status_of -X MOVE -H "Destination: $url/folder/moved.bin" "$url/folder/file.bin")"
expect "takes the old name away" 404 "$(status_of "$url/folder/file.bin")"
same_bytes "and gives the new one" "$old" "$served/folder/moved.bin"
expect "MOVE with a path as Destination" 201 \
  "$(status_of -X MOVE -H "Destination: /$folder/folder/file.bin" "$url/folder/moved.bin")"
expect "COPY" 201 "$(status_of -X COPY -H "Destination: $url/copy.bin" "$url/folder/file.bin")"
same_bytes "is the same" "$old" "$served/copy.bin"
same_bytes "and the original stays" "$old" "$served/folder/file.bin"
expect "COPY over it" 204 "$(status_of -X COPY -H "Destination: $url/copy.bin" "$url/big.bin")"
same_bytes "is the other one" "$big" "$served/copy.bin"
expect "Overwrite: F" 412 "$(status_of -X MOVE -H 'Overwrite: F' -H "Destination: $url/copy.bin" "$url/folder/file.bin")"
same_bytes "leaves it" "$big" "$served/copy.bin"
expect "MOVE to another host" 502 "$(status_of -X MOVE -H 'Destination: http://elsewhere.example/x' "$url/copy.bin")"
expect "MOVE without Destination" 400 "$(status_of -X MOVE "$url/copy.bin")"
expect "MOVE of nothing" 404 "$(status_of -X MOVE -H "Destination: $url/x" "$url/absent")"
expect "MOVE into no folder" 409 "$(status_of -X MOVE -H "Destination: $url/none/x" "$url/copy.bin")"
expect "MOVE of a folder" 201 "$(status_of -X MOVE -H "Destination: $url/renamed/" "$url/folder/")"
same_bytes "with what it holds" "$old" "$served/renamed/file.bin"
expect "MOVE with If-Match of another" 412 \
  "$(status_of -X MOVE -H 'If-Match: "x"' -H "Destination: $url/x" "$url/copy.bin")"
expect "MOVE to a Hangul name" 201 \
  "$(status_of -X MOVE -H "Destination: $url/%ED%95%9C%EA%B8%80" "$url/copy.bin")"
same_bytes "under that name" "$big" "$served/"$'\uD55C\uAE00'

# ---- DELETE

expect "DELETE with another ETag" 412 "$(status_of -X DELETE -H 'If-Match: "x"' "$url/big.bin")"
expect "DELETE with its ETag" 204 "$(status_of -X DELETE -H "If-Match: $(etag_of "$url/big.bin")" "$url/big.bin")"
expect "it is gone" 404 "$(status_of "$url/big.bin")"
expect "DELETE of nothing" 404 "$(status_of -X DELETE "$url/big.bin")"
expect "DELETE of a folder that holds something" 409 "$(status_of -X DELETE "$url/renamed/")"
expect "DELETE of what it holds" 204 "$(status_of -X DELETE "$url/renamed/file.bin")"
expect "DELETE of an empty folder" 204 "$(status_of -X DELETE "$url/renamed/")"
expect "the folder is gone" gone "$([ -e "$served/renamed" ] && echo there || echo gone)"

# ---- many at once

mkdir -p "$scratch/many"
for i in $(seq 1 40); do random_file "$scratch/many/$i" $((i * 1000)); done
fetch -o /dev/null -X PUT "$url/many/"
succeeds "40 uploads at once" curl --silent --show-error --fail --max-time 120 --parallel --parallel-immediate \
  -T "{$(seq -s , -f "$scratch/many/%g" 1 40)}" "$url/many/"
same_tree "all of them" "$scratch/many" "$served/many"
expect "no temporary file is left" "" "$(find "$served" -name '.overlap-*')"
