#!/usr/bin/env bash
# curl: who may do what, and TLS. The user `reader` may list and read, `writer` everything in its home, which is the
# folder of this script; anybody may do anything without a name.
. "$(dirname "$0")/checks.sh"

fetch() { curl --silent --show-error --max-time 120 "$@"; }
status_of() { fetch --output /dev/null --write-out '%{http_code}' "$@"; }
field() { tr -d '\r' <"$1" | sed -n "s/^$2: //Ip" | tail -n 1; } # field HEAD_FILE NAME
secure() { fetch --cacert "$authority" "$@"; }

file=$served/file.bin
got=$scratch/got
random_file "$file" 2000003

# ---- passwords and tokens

expect "Basic" 200 "$(status_of -u reader:reading-room "$url/file.bin")"
expect "Basic again, remembered" 200 "$(status_of -u reader:reading-room "$url/file.bin")"
fetch -u reader:wrong-room --dump-header "$scratch/head" -o "$got" "$url/file.bin"
expect "a wrong password" 401 "$(head -n 1 "$scratch/head" | cut -d ' ' -f 2)"
matches "asks for one" 'Basic realm="*"*' "$(grep -i '^www-authenticate: basic' "$scratch/head" | tr -d '\r' | cut -d ' ' -f 2-)"
matches "and says so in a sentence" '*[a-z].' "$(cat "$got")"
expect "nobody's name" 401 "$(status_of -u nobody:reading-room "$url/file.bin")"
expect "a token" 200 "$(status_of --oauth2-bearer "$reader_token" "$url/file.bin")"
expect "a wrong token" 401 "$(status_of --oauth2-bearer "${reader_token%?????}AAAAA" "$url/file.bin")"
expect "another scheme" 401 "$(status_of -H 'Authorization: Digest username="reader"' "$url/file.bin")"
expect "curl --anyauth finds Basic" 200 "$(status_of --anyauth -u reader:reading-room "$url/file.bin")"
expect "reader may not write" 403 "$(status_of -u reader:reading-room -T "$file" "$url/no.bin")"
expect "and has not written" absent "$([ -e "$served/no.bin" ] && echo present || echo absent)"
expect "reader may not delete" 403 "$(status_of -u reader:reading-room -X DELETE "$url/file.bin")"
expect "reader may not move" 403 "$(status_of -u reader:reading-room -X MOVE -H "Destination: $url/x" "$url/file.bin")"
expect "reader may list" 200 "$(status_of -u reader:reading-room "$url/")"
expect "writer may write at home" 201 "$(status_of -u "writer-$model:writing-room" -T "$file" "$url/yes.bin")"
same_bytes "what writer wrote" "$file" "$served/yes.bin"
expect "writer may not read elsewhere" 403 "$(status_of -u "writer-$model:writing-room" "$origin/elsewhere.txt")"
expect "writer may not write elsewhere" 403 "$(status_of -u "writer-$model:writing-room" -T "$file" "$origin/elsewhere.bin")"
expect "writer may delete at home" 204 "$(status_of -u "writer-$model:writing-room" -X DELETE "$url/yes.bin")"
expect "a refused upload takes no body" "403 0" \
  "$(fetch -u reader:reading-room -o /dev/null --write-out '%{http_code} %{size_upload}' --expect100-timeout 60 \
    -H 'Expect: 100-continue' -T "$file" "$url/no.bin")"

# ---- TLS

secure -o "$got" "$tls_url/file.bin"
same_bytes "GET over TLS" "$file" "$got"
expect "PUT over TLS" 201 "$(secure -o /dev/null --write-out '%{http_code}' -T "$file" "$tls_url/put.bin")"
same_bytes "what came over TLS" "$file" "$served/put.bin"
for version in 1.2 1.3; do
  secure "--tlsv$version" --tls-max "$version" -o "$got" "$tls_url/file.bin"
  same_bytes "TLS $version" "$file" "$got"
done
expect "TLS 1.1 is refused" 35 \
  "$(secure --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' -o /dev/null "$tls_url/file.bin" 2>/dev/null; echo $?)"
expect "an authority that is not trusted" 60 "$(fetch -o /dev/null "$tls_url/file.bin" 2>/dev/null; echo $?)"
head -c 1000000 "$file" >"$got"
secure -C - -o "$got" "$tls_url/file.bin"
same_bytes "resumed over TLS" "$file" "$got"
expect "Basic over TLS" 200 "$(secure -u reader:reading-room -o /dev/null --write-out '%{http_code}' "$tls_url/file.bin")"
expect "a wrong password over TLS" 401 "$(secure -u reader:wrong-room -o /dev/null --write-out '%{http_code}' "$tls_url/file.bin")"
expect "many requests over one TLS connection" "1 0 0 " \
  "$(secure --write-out '%{num_connects} ' -o /dev/null "$tls_url/file.bin" -o /dev/null "$tls_url/" \
    -o /dev/null "$tls_url/put.bin")"
expect "HTTP/1.1 by ALPN" "1.1" "$(secure -o /dev/null --write-out '%{http_version}' "$tls_url/file.bin")"
expect "plain HTTP to a TLS port" 400 "$(status_of "http${tls_url#https}/file.bin")"

# ---- certificates of clients

certified() { # certified SIGNER OPTION...
  secure --cert "$certificates/by-$1.pem" --key "$certificates/by-$1-key.pem" -o "$got" --write-out '%{http_code}' "${@:2}"
}
expect "a certificate names its user" 200 "$(certified authority "$tls_url/file.bin")"
same_bytes "and gives the file" "$file" "$got"
expect "who may not write" 403 "$(certified authority -T "$file" "$tls_url/no.bin")"
expect "a password outweighs it" 201 "$(certified authority -u "writer-$model:writing-room" -T "$file" "$tls_url/yes.bin")"
succeeds "a stranger's certificate is refused" bash -c "! curl --silent --cacert '$authority' \
  --cert '$certificates/by-stranger.pem' --key '$certificates/by-stranger-key.pem' '$tls_url/file.bin'"

# ---- many at once

mkdir -p "$scratch/many"
for i in $(seq 1 20); do random_file "$scratch/many/$i" $((i * 5000)); done
secure -o /dev/null -X PUT "$tls_url/many/"
succeeds "20 uploads at once over TLS" curl --silent --show-error --fail --max-time 120 --cacert "$authority" --parallel \
  --parallel-immediate -T "{$(seq -s , -f "$scratch/many/%g" 1 20)}" "$tls_url/many/"
same_tree "all of them" "$scratch/many" "$served/many"
