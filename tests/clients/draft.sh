#!/usr/bin/env bash
# The IETF draft "Resumable Uploads for HTTP", by hand with curl, which passes interim responses on to --dump-header.
. "$(dirname "$0")/checks.sh"

fetch() { curl --silent --show-error --max-time 120 "$@"; }
status_of() { fetch --output /dev/null --write-out '%{http_code}' "$@"; }
field() { tr -d '\r' <"$1" | sed -n "s/^$2: //Ip" | tail -n 1; } # field HEAD_FILE NAME
final() { tr -d '\r' <"$1" | sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' | tail -n 1; }
statuses() { tr -d '\r' <"$1" | sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' | grep -v 100 | tr '\n' ' '; }

file=$scratch/file.bin
random_file "$file" 6000029
size=$(stat -c %s "$file")
head=$scratch/head
body=$scratch/body
draft=(-H 'Upload-Draft-Interop-Version: 8')

create() { fetch "${draft[@]}" --dump-header "$head" --output "$body" "$@"; }
state() { fetch "${draft[@]}" --head --output "$head" "$origin$1"; } # state LOCATION
append() { # append LOCATION OFFSET COMPLETE FILE [OPTION...]
  fetch "${draft[@]}" -X PATCH --data-binary "@$4" -H "Upload-Offset: $2" -H "Upload-Complete: $3" \
    -H 'Content-Type: application/partial-upload' --dump-header "$head" --output "$body" "${@:5}" "$origin$1"
}
rest_from() { tail -c "+$(($1 + 1))" "$file" >"$scratch/rest"; } # rest_from OFFSET

# ---- at once

create -H 'Upload-Complete: ?1' -T "$file" "$url/whole.bin"
expect "PUT at once: 104, then 201" "104 201 " "$(statuses "$head")"
same_bytes "PUT at once: bytes" "$file" "$served/whole.bin"
expect "PUT at once over it" 204 "$(create -H 'Upload-Complete: ?1' -T "$file" "$url/whole.bin"; final "$head")"
fetch -H 'Upload-Complete: ?1' -T "$file" --dump-header "$head" -o /dev/null "$url/quiet.bin"
expect "no 104 to who speaks no version of the draft" "201 " "$(statuses "$head")"
same_bytes "and the bytes" "$file" "$served/quiet.bin"
create -X POST --data-binary "@$file" -H 'Upload-Complete: ?1' -H 'Content-Disposition: attachment; filename="posted.bin"' "$url/"
expect "POST to the folder" 201 "$(final "$head")"
same_bytes "POST to the folder: bytes" "$file" "$served/posted.bin"

# ---- interrupted

way=$(breaking_way 1 2500000)
create -H 'Upload-Complete: ?1' -T "$file" "http://127.0.0.1:$way/$folder/broken.bin" 2>/dev/null
location=$(field "$head" location)
matches "104 tells where" '/.overlap-uploads/*' "$location"
expect "nothing is to be seen of it yet" absent "$([ -e "$served/broken.bin" ] && echo present || echo absent)"
state "$location"
expect "HEAD" 204 "$(final "$head")"
offset=$(field "$head" upload-offset)
if [ "${offset:-0}" -gt 0 ] && [ "$offset" -le 2500000 ]; then ok "holds a part"; else not_ok "holds a part" "$offset"; fi
expect "is not complete" '?0' "$(field "$head" upload-complete)"
expect "knows its length" "$size" "$(field "$head" upload-length)"
expect "is not for caches" no-store "$(field "$head" cache-control)"
matches "tells its limits" 'max-size=*, max-age=*' "$(field "$head" upload-limit)"
rest_from "${offset:-0}"
append "$location" "${offset:-0}" '?1' "$scratch/rest"
expect "the rest" 201 "$(final "$head")"
expect "completes it" '?1' "$(field "$head" upload-complete)"
same_bytes "interrupted: bytes" "$file" "$served/broken.bin"
append "$location" "$size" '?1' /dev/null
expect "appending to what is complete" "400 completed-upload" "$(final "$head") $(jq -r '.type | split("#")[1]' "$body")"

# ---- in parts

random_file "$served/parts.bin" 10
cp "$served/parts.bin" "$scratch/old"
head -c 1000000 "$file" >"$scratch/part"
create -H 'Upload-Complete: ?0' -H "Upload-Length: $size" -T "$scratch/part" "$url/parts.bin"
expect "a part" 201 "$(final "$head")"
expect "is held" "1000000 ?0" "$(field "$head" upload-offset) $(field "$head" upload-complete)"
location=$(field "$head" location)
same_bytes "the old file stays meanwhile" "$scratch/old" "$served/parts.bin"
append "$location" 999 '?0' "$scratch/part"
expect "a wrong offset" "409 mismatching-upload-offset 1000000 999" \
  "$(final "$head") $(jq -r '"\(.type | split("#")[1]) \(."expected-offset") \(."provided-offset")"' "$body")"
matches "as a problem" 'application/problem+json*' "$(field "$head" content-type)"
append "$location" 1000000 '?0' "$scratch/part" -H 'Content-Type: text/plain' 2>/dev/null
matches "another content type" '4??' "$(final "$head")"
append "$location" 1000000 '?1' "$scratch/part"
expect "an end that is no end" "400 inconsistent-upload-length" "$(final "$head") $(jq -r '.type | split("#")[1]' "$body")"
tail -c +1000001 "$file" | head -c 2000000 >"$scratch/part"
append "$location" 1000000 '?0' "$scratch/part"
expect "a second part" "204 3000000 ?0" "$(final "$head") $(field "$head" upload-offset) $(field "$head" upload-complete)"
rest_from 3000000
append "$location" 3000000 '?1' "$scratch/rest" -H 'Transfer-Encoding: chunked'
expect "the last part, in chunks" "204 ?1" "$(final "$head") $(field "$head" upload-complete)"
same_bytes "in parts: bytes" "$file" "$served/parts.bin"
state "$location"
expect "what is complete is remembered" "204 $size ?1" \
  "$(final "$head") $(field "$head" upload-offset) $(field "$head" upload-complete)"

# ---- cancelled, refused

create -H 'Upload-Complete: ?0' -T "$scratch/part" "$url/cancelled.bin"
location=$(field "$head" location)
expect "DELETE" 204 "$(status_of -X DELETE "$origin$location")"
expect "is gone" 404 "$(status_of --head "$origin$location")"
expect "If-None-Match: * on what exists" 412 "$(create -H 'If-None-Match: *' -H 'Upload-Complete: ?0' -T "$scratch/part" \
  "$url/parts.bin"; final "$head")"
create -H 'Upload-Complete: ?0' -H "Repr-Digest: sha-256=:$(openssl dgst -sha256 -binary "$file" | base64 -w 0):" \
  -T "$scratch/part" "$url/digest.bin"
location=$(field "$head" location)
append "$location" 2000000 '?1' "$scratch/part"
expect "a digest that does not hold at the end" 400 "$(final "$head")"
expect "stores nothing" absent "$([ -e "$served/digest.bin" ] && echo present || echo absent)"
fetch -X OPTIONS --dump-header "$head" "$url/"
matches "OPTIONS tells the limits" 'max-size=*' "$(field "$head" upload-limit)"
matches "OPTIONS tells of partial-upload" '*application/partial-upload*' "$(field "$head" accept-patch)"
expect "no temporary file is left" "" "$(find "$served" -name '.overlap-*')"
