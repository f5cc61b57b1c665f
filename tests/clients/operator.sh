#!/usr/bin/env bash
# What an operator changes while the service runs, as curl sees it: users and passwords, and the certificate.
. "$(dirname "$0")/checks.sh"

fetch() { curl --silent --show-error --max-time 120 "$@"; }
status_of() { fetch --output /dev/null --write-out '%{http_code}' "$@"; }
overlap() { wine "$OVERLAP_EXECUTABLE" "$@" --config "Z:${OVERLAP_CONFIG//\//\\}" >"$scratch/words" 2>&1; }
becomes() { # becomes WHAT WANTED COMMAND...: the service looks once a second; the machine may be busy
  local what=$1 wanted=$2 seen waited
  shift 2
  for ((waited = 0; waited < 60; ++waited)); do
    seen=$("$@")
    if [ "$seen" = "$wanted" ]; then break; fi
    sleep 0.5
  done
  expect "$what" "$wanted" "$seen"
}

file=$served/file.bin
random_file "$file" 6000000
guest=guest-$model

# ---- users

overlap user add "$guest" --allow /=list,read --password-stdin <<<first-password
becomes "a user that was added" 200 status_of -u "$guest:first-password" "$url/file.bin"
overlap user passwd "$guest" --password-stdin <<<second-password
becomes "a new password" 200 status_of -u "$guest:second-password" "$url/file.bin"
expect "the old one is forgotten" 401 "$(status_of -u "$guest:first-password" "$url/file.bin")"
overlap user token "$guest" --label test </dev/null
token=$(grep -o 'overlap_[A-Za-z0-9_-]*' "$scratch/words" | head -n 1)
becomes "a new token" 200 status_of --oauth2-bearer "$token" "$url/file.bin"
overlap user revoke "$guest" test </dev/null
becomes "a token that was revoked" 401 status_of --oauth2-bearer "$token" "$url/file.bin"
# Replaced at once, as an editor should: half of a file could be a valid one.
put() { cp "$1" "$2.new" && mv "$2.new" "$2"; } # put FILE PLACE
printf 'nonsense\n' >"$scratch/nonsense"
cp "${OVERLAP_CONFIG%/*}/users.toml" "$scratch/users"
put "$scratch/nonsense" "${OVERLAP_CONFIG%/*}/users.toml"
sleep 2.5 # so that the service has looked
expect "a file of users that is broken changes nothing" 200 "$(status_of -u "$guest:second-password" "$url/file.bin")"
put "$scratch/users" "${OVERLAP_CONFIG%/*}/users.toml"
overlap user remove "$guest" </dev/null
becomes "a user that was removed" 401 status_of -u "$guest:second-password" "$url/file.bin"

# ---- the certificate

fingerprint() {
  openssl s_client -connect "${tls_origin#https://}" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null
}
fingerprint_of() { openssl x509 -noout -fingerprint -sha256 -in "$authority"; }

cp "$authority" "$scratch/old.pem"
fetch --cacert "$scratch/old.pem" --limit-rate 800k -o "$scratch/got" "$tls_url/file.bin" &
download=$!
until [ -s "$scratch/got" ] || ! kill -0 "$download" 2>/dev/null; do sleep 0.1; done
overlap certificate create --name localhost,127.0.0.1 --out "Z:${certificates//\//\\}" --force </dev/null
becomes "a new certificate" "$(fingerprint_of)" fingerprint
expect "is another than before" different \
  "$([ "$(fingerprint_of)" = "$(openssl x509 -noout -fingerprint -sha256 -in "$scratch/old.pem")" ] && echo same || echo different)"
wait "$download"
expect "the download under way has ended well" 0 $?
same_bytes "and whole" "$file" "$scratch/got"
cp "$authority" "$scratch/new.pem"
put "$scratch/nonsense" "$authority"
sleep 2.5 # so that the service has looked
expect "a certificate that is broken changes nothing" 200 "$(status_of --cacert "$scratch/new.pem" "$tls_url/file.bin")"
put "$scratch/new.pem" "$authority"
