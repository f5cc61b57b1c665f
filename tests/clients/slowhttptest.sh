#!/usr/bin/env bash
# slowhttptest: heads, bodies and readers that are slow on purpose, silent TLS handshakes, and requests for overlapping
# ranges. The service must go on serving others, cut the slow ones, and count them. It waits 4 s only, as run.sh starts it.
. "$(dirname "$0")/checks.sh"

random_file "$served/file.bin" 8000000
printf 'hello\n' >"$served/hello.txt"
connections=60
seconds=10

closed() { # closed REASON...: connections of this model that ended so
  local reasons
  reasons=$(printf '"%s",' "$@")
  curl --silent --fail --max-time 60 "$admin/api/v1/models/$model" |
    jq "[.connections.closed | to_entries[] | select(.key | IN(${reasons%,})).value] | add"
}
open_connections() { curl --silent --fail --max-time 60 "$admin/api/v1/models/$model" | jq .connections.open; }

# attack WHAT REASONS COMMAND...: others are served all the while, and the slow ones end for one of the reasons.
attack() {
  local what=$1 reasons=$2 before served=0 refused=0 attacker waited
  shift 2
  # shellcheck disable=SC2086
  before=$(closed $reasons)
  "$@" >"$scratch/log" 2>&1 &
  attacker=$!
  while kill -0 "$attacker" 2>/dev/null; do
    if [ "$(curl --silent --max-time 60 "$url/hello.txt")" = hello ]; then served=$((served + 1)); else refused=$((refused + 1)); fi
    sleep 0.3
  done
  wait "$attacker" 2>/dev/null
  if [ "$refused" = 0 ] && [ "$served" -gt 3 ]; then ok "$what: others are served"; else
    not_ok "$what: others are served" "$served were, $refused were not; $(tail -n 3 "$scratch/log")"
  fi
  for ((waited = 0; waited < 600; ++waited)); do
    # shellcheck disable=SC2086
    if [ "$(closed $reasons)" -ge $((before + connections / 2)) ]; then break; fi
    sleep 0.1
  done
  # shellcheck disable=SC2086
  if [ "$(closed $reasons)" -ge $((before + connections / 2)) ]; then ok "$what: they were cut and counted"; else
    not_ok "$what: they were cut and counted" "$reasons: $before before, $(closed $reasons) after"
  fi
}

slow() { slowhttptest "$@" -c "$connections" -r 60 -l "$seconds" -p 60 -v 0; }
silent() { # connects, and says nothing
  local i
  # shellcheck disable=SC2034 # the descriptors only have to stay open
  for ((i = 0; i < connections; ++i)); do exec {descriptor}<>"/dev/tcp/127.0.0.1/${tls_origin##*:}"; done
  sleep "$seconds"
}

attack "slow heads" "head_timeout idle_timeout" slow -H -i 2 -u "$url/hello.txt"
attack "slow heads over TLS" "head_timeout idle_timeout" slow -H -i 2 -u "$tls_url/hello.txt"
attack "silent handshakes" "tls_failed head_timeout" silent
attack "slow bodies" "slow_peer" slow -B -i 3 -s 8192 -t PUT -x 10 -u "$url/slow.bin"
attack "slow readers" "slow_peer" slow -X -w 10 -y 20 -n 2 -z 5 -k 1 -u "$url/file.bin"
attack "slow readers over TLS" "slow_peer" slow -X -w 10 -y 20 -n 2 -z 5 -k 1 -u "$tls_url/file.bin"

before=$(curl --silent "$admin/api/v1/models/$model" | jq .completions.bytes_total.sent)
slowhttptest -R -u "$url/file.bin" -t GET -c "$connections" -r 60 -l 5 -a 5 -b 3000 -p 60 -v 0 >"$scratch/log" 2>&1
after=$(curl --silent "$admin/api/v1/models/$model" | jq .completions.bytes_total.sent)
# Each request asks for 3000 ranges that overlap; even the whole file once for each connection would be no amplification.
if [ $((after - before)) -le $((connections * 8100000)) ]; then ok "overlapping ranges are not sent many times"; else
  not_ok "overlapping ranges are not sent many times" "$((after - before)) bytes for $connections requests"
fi
expect "others are served after it" hello "$(curl --silent --max-time 60 "$url/hello.txt")"
for ((waited = 0; waited < 600; ++waited)); do
  if [ "$(open_connections)" = 0 ]; then break; fi
  sleep 0.1
done
expect "no connection is left" 0 "$(open_connections)"
expect "nothing was stored" absent "$([ -e "$served/slow.bin" ] && echo present || echo absent)"
expect "no temporary file is left" "" "$(find "$served" -name '.overlap-*')"
