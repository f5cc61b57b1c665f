#!/usr/bin/env bash
# curl: what is read. GET and HEAD, resumed and retried; ranges; conditions; digests; listings; errors.
. "$(dirname "$0")/checks.sh"

fetch() { curl --silent --show-error --max-time 120 "$@"; }
status_of() { fetch --output /dev/null --write-out '%{http_code}' "$@"; }
field() { tr -d '\r' <"$1" | sed -n "s/^$2: //Ip" | tail -n 1; } # field HEAD_FILE NAME

file=$served/file.bin
random_file "$file" 3000017
printf 'hello\n' >"$served/hello.txt"
size=$(stat -c %s "$file")
got=$scratch/got

# ---- GET and HEAD

fetch --output "$got" --dump-header "$scratch/get" "$url/file.bin"
same_bytes "GET gives the file" "$file" "$got"
fetch --head --output "$scratch/head" "$url/file.bin"
expect "HEAD says what GET says" "$(grep -vi '^date:' "$scratch/get")" "$(grep -vi '^date:' "$scratch/head")"
expect "Content-Length" "$size" "$(field "$scratch/get" content-length)"
expect "Accept-Ranges" bytes "$(field "$scratch/get" accept-ranges)"
matches "ETag is strong" '"*"' "$(field "$scratch/get" etag)"
matches "Last-Modified" '???, ?? ??? ???? ??:??:?? GMT' "$(field "$scratch/get" last-modified)"
matches "Date" '???, ?? ??? ???? ??:??:?? GMT' "$(field "$scratch/get" date)"
fetch --compressed --output "$got" "$url/file.bin"
same_bytes "GET with Accept-Encoding" "$file" "$got"
: >"$served/empty"
expect "GET of an empty file" "200 0" "$(fetch --write-out '%{http_code} %{size_download}' "$url/empty")"
expect "HTTP/1.0" "200" "$(status_of --http1.0 "$url/hello.txt")"
expect "many requests, one connection" "1 0 0 " \
  "$(fetch --write-out '%{num_connects} ' -o /dev/null "$url/hello.txt" -o /dev/null "$url/file.bin" \
    -o /dev/null "$url/hello.txt")"

# ---- resumed, retried

head -c 1000000 "$file" >"$got"
fetch --continue-at - --output "$got" "$url/file.bin"
same_bytes "resumed with -C -" "$file" "$got"
way=$(breaking_way 2 700000)
succeeds "retried over a way that breaks" curl --silent --show-error --max-time 120 --retry 5 --retry-all-errors \
  --retry-delay 1 --output "$got" "http://127.0.0.1:$way/$folder/file.bin"
same_bytes "what was retried" "$file" "$got"
way=$(breaking_way 2 700000)
: >"$got"
for _ in 1 2 3; do fetch --continue-at - --output "$got" "http://127.0.0.1:$way/$folder/file.bin" 2>/dev/null; done
same_bytes "resumed twice over a way that breaks" "$file" "$got"

# ---- ranges

range() { # range WHAT RANGE FROM COUNT
  local seen
  tail -c "+$(($3 + 1))" "$file" | head -c "$4" >"$scratch/wanted"
  seen=$(fetch --range "$2" --output "$got" --dump-header "$scratch/range" --write-out '%{http_code}' "$url/file.bin")
  expect "$1: status and Content-Range" "206 bytes $3-$(($3 + $4 - 1))/$size" \
    "$seen $(field "$scratch/range" content-range)"
  same_bytes "$1: bytes" "$scratch/wanted" "$got"
}
range "first byte" 0-0 0 1
range "first hundred" 0-99 0 100
range "from the middle on" 2000000- 2000000 $((size - 2000000))
range "the last fifty" -50 $((size - 50)) 50
range "past the end" 2999000-99999999 2999000 $((size - 2999000))
fetch --range 3000017- --output "$got" --dump-header "$scratch/range" "$url/file.bin"
expect "range outside of the file" "416 bytes */$size" \
  "$(head -n 1 "$scratch/range" | cut -d ' ' -f 2) $(field "$scratch/range" content-range)"
expect "a unit that is not known" 200 "$(status_of -H 'Range: lines=1-2' "$url/file.bin")"
expect "a malformed range" 200 "$(status_of -H 'Range: bytes=9-1' "$url/file.bin")"

fetch --range 0-99,1000-1999,-50 --output "$got" --dump-header "$scratch/range" "$url/file.bin"
succeeds "several ranges" python3 "$here/multipart.py" "$scratch/range" "$got" "$file" 0-99 1000-1999 "2999967-3000016"
fetch --range 0-99,50-199 --output "$got" --dump-header "$scratch/range" "$url/file.bin"
expect "overlapping ranges are joined" "206 bytes 0-199/$size" \
  "$(head -n 1 "$scratch/range" | cut -d ' ' -f 2) $(field "$scratch/range" content-range)"
many=$(for i in $(seq 0 4 800); do printf '%d-%d,' $((i * 1000)) $((i * 1000 + 9)); done)
expect "more than 200 ranges give the whole" "200 $size" \
  "$(fetch --range "${many%,}" -o /dev/null --write-out '%{http_code} %{size_download}' "$url/file.bin")"

# ---- conditions

fetch --etag-save "$scratch/etag" --output /dev/null "$url/file.bin"
expect "--etag-compare" 304 "$(status_of --etag-compare "$scratch/etag" "$url/file.bin")"
touch -r "$file" "$scratch/same-time"
expect "-z: not newer" 304 "$(status_of -z "$scratch/same-time" "$url/file.bin")"
expect "-z: newer" 200 "$(status_of -z 'Mon, 01 Jan 2001 00:00:00 GMT' "$url/file.bin")"
etag=$(field "$scratch/get" etag)
modified=$(field "$scratch/get" last-modified)
expect "If-None-Match with the ETag" 304 "$(status_of -H "If-None-Match: \"x\", W/$etag" "$url/file.bin")"
expect "If-None-Match: *" 304 "$(status_of -H 'If-None-Match: *' "$url/file.bin")"
expect "If-None-Match with another" 200 "$(status_of -H 'If-None-Match: "x"' "$url/file.bin")"
expect "If-Match with the ETag" 200 "$(status_of -H "If-Match: $etag" "$url/file.bin")"
expect "If-Match with another" 412 "$(status_of -H 'If-Match: "x"' "$url/file.bin")"
expect "If-Unmodified-Since then" 200 "$(status_of -H "If-Unmodified-Since: $modified" "$url/file.bin")"
expect "If-Unmodified-Since long ago" 412 \
  "$(status_of -H 'If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT' "$url/file.bin")"
expect "If-None-Match outweighs If-Modified-Since" 200 \
  "$(status_of -H 'If-None-Match: "x"' -H "If-Modified-Since: $modified" "$url/file.bin")"
expect "If-Range with the ETag" 206 "$(status_of -r 0-9 -H "If-Range: $etag" "$url/file.bin")"
expect "If-Range with another" 200 "$(status_of -r 0-9 -H 'If-Range: "x"' "$url/file.bin")"
expect "304 is without body and length" "304 0" \
  "$(fetch -o /dev/null --write-out '%{http_code} %{size_download}' -H "If-None-Match: $etag" "$url/file.bin")"

# ---- digests

digest() { openssl dgst "-$1" -binary "$file" | base64 -w 0; }
fetch --head --output "$scratch/head" -H 'Want-Repr-Digest: sha-256=5' "$url/file.bin"
expect "Want-Repr-Digest: sha-256" "sha-256=:$(digest sha256):" "$(field "$scratch/head" repr-digest)"
fetch --output "$got" --dump-header "$scratch/head" -H 'Want-Repr-Digest: sha-256=1, sha-512=9' "$url/file.bin"
expect "Want-Repr-Digest: sha-512 rather" "sha-512=:$(digest sha512):" "$(field "$scratch/head" repr-digest)"
same_bytes "GET with a digest" "$file" "$got"

# ---- names

named() { # named WHAT NAME ENCODED
  random_file "$served/$2" 1234
  fetch --output "$got" "$url/$3"
  same_bytes "$1" "$served/$2" "$got"
}
named "composed Hangul" $'\uD55C\uAE00.txt' '%ED%95%9C%EA%B8%80.txt'
named "decomposed Hangul" $'\u1112\u1161\u11AB.txt' '%E1%84%92%E1%85%A1%E1%86%AB.txt'
named "composed Latin" $'\u00E9.txt' '%C3%A9.txt'
named "decomposed Latin" $'e\u0301.txt' 'e%CC%81.txt'
named "outside of the first plane" $'\U1F4C4 notes.txt' '%F0%9F%93%84%20notes.txt'
named "characters that URLs encode" "100% & more + #1.txt" '100%25%20&%20more%20+%20%231.txt'
expect "not UTF-8" 400 "$(status_of "$url/%ED%95.txt")"
expect "overlong UTF-8" 400 "$(status_of "$url/%C0%AF")"

# ---- listings

mkdir -p "$served/tree/sub folder"
printf 'a' >"$served/tree/a&b.txt"
touch -d '2021-02-03T04:05:06Z' "$served/tree/a&b.txt"
expect "a folder as JSON" '["sub folder","folder",null] ["a&b.txt","file",1]' \
  "$(fetch -H 'Accept: application/json' "$url/tree/" |
    jq -jc '.entries[] | [.name, .type, if .type == "file" then .size else null end], " "' | sed 's/ $//')"
expect "the time of a file in JSON" 2021-02-03T04:05:06Z \
  "$(fetch -H 'Accept: application/json' "$url/tree/" | jq -r '.entries[] | select(.name == "a&b.txt").modified')"
fetch --dump-header "$scratch/head" --output "$got" "$url/tree/"
matches "a folder as HTML" 'text/html*' "$(field "$scratch/head" content-type)"
matches "links in HTML" '*href="sub%20folder/"*' "$(cat "$got")"
matches "a script may run only by its hash" "*script-src 'sha256-*" "$(field "$scratch/head" content-security-policy)"
mkdir -p "$served/many"
for i in $(seq 1 25); do : >"$served/many/$i"; done
next="$url/many/?limit=10"
: >"$scratch/names"
for _ in 1 2 3 4; do
  fetch -H 'Accept: application/json' --output "$got" "$next"
  jq -r '.entries[].name' "$got" >>"$scratch/names"
  next=$(jq -r '.next // empty' "$got")
  [ -n "$next" ] || break
  case $next in
    http*) ;;
    /*) next=$origin$next ;;
    *) next=$url/many/$next ;;
  esac
done
expect "page by page, every entry once" "$(seq 1 25 | sort)" "$(sort "$scratch/names")"
expect "a folder without its slash leads to it" "$url/tree/" "$(fetch -o /dev/null --write-out '%{redirect_url}' "$url/tree")"

# ---- errors

fetch --dump-header "$scratch/head" --output "$got" "$url/absent"
expect "404" 404 "$(head -n 1 "$scratch/head" | cut -d ' ' -f 2)"
matches "an error is told in a sentence" '*[a-z].' "$(cat "$got")"
matches "in plain text" 'text/plain*' "$(field "$scratch/head" content-type)"
expect "HEAD of nothing has no body" "404 0" "$(fetch --head -o /dev/null --write-out '%{http_code} %{size_download}' "$url/absent")"
expect "an unknown method" 501 "$(status_of -X FROBNICATE "$url/file.bin")"
fetch -X PATCH --dump-header "$scratch/head" --output /dev/null "$url/file.bin"
matches "a method that is not offered, with Allow" '405*GET*' \
  "$(head -n 1 "$scratch/head" | cut -d ' ' -f 2) $(field "$scratch/head" allow)"
expect "OPTIONS" 204 "$(status_of -X OPTIONS "$url/file.bin")"
expect "a long target" 414 "$(status_of "$url/$(printf '%9000s' '' | tr ' ' x)")"
expect "a large head" 431 "$(status_of -H "X-Large: $(printf '%40000s' '' | tr ' ' x)" "$url/file.bin")"
printf '<script>alert(1)</script>' >"$served/page.html"
fetch --head --output "$scratch/head" "$url/page.html"
matches "what a browser would run is to be saved" 'attachment*' "$(field "$scratch/head" content-disposition)"
fetch --output "$got" --remote-header-name --dump-header "$scratch/head" "$url/page.html"
same_bytes "and is what was stored" "$served/page.html" "$got"
