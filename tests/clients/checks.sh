# Sourced by each client's script: what it is told by run.sh, and how it says what it found.
#
#   $client $model        name the script and the listener, in every line
#   $url $tls_url         a folder of the script's own at that listener, without the slash at its end
#   $origin $tls_origin   the listener itself
#   $served $scratch      the same folder on the disk; a folder for whatever else
#   $admin $authority     the admin endpoint; the certificate to trust
#   $certificates         a folder with certificates of clients: by-authority.pem, by-stranger.pem and their keys
#   $reader_token         a bearer token of the user `reader`
#
#   expect WHAT WANTED SEEN       one line: `ok` if both are alike, else `not ok` and what differed
#   matches WHAT PATTERN SEEN     the same for a pattern of the shell's [[ == ]]
#   same_bytes WHAT FILE FILE     compares by SHA-256
#   same_tree WHAT FOLDER FOLDER  every file below both, by name and SHA-256
#   succeeds WHAT COMMAND...      shows the end of the output if the command fails
# shellcheck shell=bash disable=SC2034

set -uo pipefail # a check that fails must not end the script: each says its line

client=${OVERLAP_CLIENT:?run.sh sets this}
model=$OVERLAP_MODEL
origin=$OVERLAP_ORIGIN
tls_origin=$OVERLAP_TLS_ORIGIN
folder=$client-$model
url=$origin/$folder
tls_url=$tls_origin/$folder
served=$OVERLAP_SERVED/$folder
scratch=$OVERLAP_SCRATCH/$folder
admin=$OVERLAP_ADMIN
authority=$OVERLAP_AUTHORITY
certificates=$OVERLAP_CERTIFICATES
reader_token=$OVERLAP_READER_TOKEN
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

mkdir -p "$served" "$scratch"

ok() { printf 'ok %s %s %s\n' "$client" "$model" "$*"; }
not_ok() { # not_ok WHAT DIFFERENCE
  printf 'not ok %s %s %s: %s\n' "$client" "$model" "$1" "$(tr '\n\r' '| ' <<<"$2" | head -c 1000)"
}

expect() {
  if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "wanted [$2], saw [$3]"; fi
}

matches() {
  # shellcheck disable=SC2053
  if [[ $3 == $2 ]]; then ok "$1"; else not_ok "$1" "wanted something like [$2], saw [$3]"; fi
}

sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
same_bytes() {
  if [ ! -f "$2" ] || [ ! -f "$3" ]; then
    not_ok "$1" "one is missing: $(ls -l "$2" "$3" 2>&1)"
  elif [ "$(sum_of "$2")" = "$(sum_of "$3")" ]; then
    ok "$1"
  else
    not_ok "$1" "not the same bytes: $(stat -c '%n has %s' "$2" "$3") $(cmp "$2" "$3" 2>&1)"
  fi
}

tree_sums() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0r sha256sum); }
same_tree() {
  local difference
  if difference=$(diff <(tree_sums "$2") <(tree_sums "$3")); then ok "$1"; else not_ok "$1" "$difference"; fi
}

succeeds() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then ok "$what"; else not_ok "$what" "status $?: $(tail -n 5 <<<"$output")"; fi
}

random_file() { head -c "$2" /dev/urandom >"$1"; } # random_file FILE BYTES

# A way to the listener on which connections break: the first BREAKS of them after BYTES bytes of response each.
# Prints the port of 127.0.0.1 to use. It ends with the script.
breaking_way() { # breaking_way BREAKS BYTES
  local port_file=$scratch/way.$RANDOM
  python3 "$here/breaking_way.py" "${origin##*:}" "$1" "$2" "$$" >"$port_file" &
  until [ -s "$port_file" ]; do sleep 0.05; done
  cat "$port_file"
}
