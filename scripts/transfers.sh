# Sourced after shell.sh: real transfers through one listener by curl, timed and compared byte for byte.
#
#   make_payload FOLDER                        200 files of 1 KiB and one of 64 MiB, random, with their SHA-256
#   transfer_all PAYLOAD URL SERVED RESULTS    uploads all of it to URL and downloads it again; SERVED is the folder behind
#                                              URL; writes RESULTS/figures.json, and what differed to RESULTS/problems
# shellcheck shell=bash

small_files=200
small_bytes=1024
big_bytes=$((64 * 1024 * 1024))
big_rounds=3     # the middle one is reported: the first pays for cold caches
parallel_max=50  # connections at once in the parallel part
transfer_seconds_max=300

make_payload() {
  mkdir -p "$1/small" || return 1
  head -c $((small_files * small_bytes)) /dev/urandom |
    split -b "$small_bytes" -d -a 3 - "$1/small/" || return 1
  head -c "$big_bytes" /dev/urandom >"$1/big" || return 1
  (cd "$1" && sha256sum big small/* >SHA256)
}

curl_quote() { # as curl's configuration files want it
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# One curl for many transfers: they share its connections. A line for each: status, seconds, bytes a second up and down.
curl_many() { # curl_many OPTION... <CONFIGURATION
  curl --silent --show-error --no-progress-meter --max-time "$transfer_seconds_max" --connect-timeout 10 --config - "$@" \
    --write-out '%{http_code} %{time_total} %{speed_upload} %{speed_download}\n'
}

upload_list() { # upload_list PAYLOAD URL FILE...: configuration that puts the files
  local payload=$1 url=$2 file
  shift 2
  for file in "$@"; do
    printf 'upload-file = %s\nurl = %s\noutput = "/dev/null"\n' \
      "$(curl_quote "$payload/$file")" "$(curl_quote "$url/${file##*/}")"
  done
}

download_list() { # download_list URL FOLDER FILE...: configuration that gets the files into the folder
  local url=$1 folder=$2 file
  shift 2
  for file in "$@"; do
    printf 'url = %s\noutput = %s\n' "$(curl_quote "$url/${file##*/}")" "$(curl_quote "$folder/$file")"
  done
}

# Compares the files below a folder with the payload's sums; the files may all lie in it directly.
same_bytes() { # same_bytes PAYLOAD FOLDER [flat]
  if [ "${3:-}" = flat ]; then
    (cd "$2" && sed -E 's# (small/)?([^/]+)$# \2#' "$1/SHA256" | sha256sum --check --quiet 2>&1)
  else
    (cd "$2" && sha256sum --check --quiet "$1/SHA256" 2>&1)
  fi
}

check_lines() { # check_lines NAME COUNT LOG: every transfer of a log must have succeeded
  awk -v name="$1" -v want="$2" '
    $1 !~ /^2/ {bad[$1]++}
    END {
      if (NR != want) printf "%s: %d of %d transfers ended\n", name, NR, want
      for (status in bad) printf "%s: %d times status %s\n", name, bad[status], status
    }' "$3"
}

median() { sort -n | awk '{value[NR] = $1} END {print value[int((NR + 1) / 2)] + 0}'; }

per_second() { awk '{seconds += $2} END {printf "%.1f\n", (seconds > 0 ? NR / seconds : 0)}' "$1"; }

megabytes_per_second() { # megabytes_per_second COLUMN LOG: the middle round
  awk -v column="$1" '{printf "%.1f\n", $column / 1e6}' "$2" | median
}

# transfer_part NAME COUNT [OPTION...] <CONFIGURATION: runs curl, keeps its lines in NAME.log, and collects what went wrong
transfer_part() {
  local name=$1 count=$2 log=$results/$1.log
  shift 2
  curl_many "$@" >"$log" 2>"$results/$name.err" ||
    printf '%s: curl ended with %s: %s\n' "$name" $? "$(tail -n 1 "$results/$name.err")" >>"$results/problems"
  check_lines "$name" "$count" "$log" >>"$results/problems"
}

compare_part() { # compare_part NAME FOLDER [flat]
  local differences
  if ! differences=$(same_bytes "$payload" "$2" "${3:-}"); then
    printf '%s: not identical: %s\n' "$1" "$(printf '%s' "$differences" | head -n 3 | tr '\n' ';')" >>"$results/problems"
    identical=false
  fi
}

transfer_all() {
  local payload=$1 url=$2 served=$3 results=$4 identical=true round
  local small=("$payload"/small/*) big
  small=("${small[@]#"$payload"/}")
  for ((round = 0; round < big_rounds; ++round)); do big+=(big); done
  mkdir -p "$results/got/small" || return 1
  : >"$results/problems"

  upload_list "$payload" "$url" "${small[@]}" | transfer_part small-up "$small_files"
  upload_list "$payload" "$url" "${big[@]}" | transfer_part big-up "$big_rounds"
  compare_part uploaded "$served" flat

  download_list "$url" "$results/got" "${small[@]}" | transfer_part small-down "$small_files"
  download_list "$url" "$results/got" "${big[@]}" | transfer_part big-down "$big_rounds"
  compare_part downloaded "$results/got"

  # Many connections at once, over what is there: the queue gets deep, and the bytes must still be the same.
  rm -rf "$results/got"
  mkdir -p "$results/got/small"
  { upload_list "$payload" "$url" "${small[@]}"; upload_list "$payload" "$url" big; } |
    transfer_part parallel-up $((small_files + 1)) --parallel --parallel-immediate --parallel-max "$parallel_max"
  { download_list "$url" "$results/got" "${small[@]}"; download_list "$url" "$results/got" big; } |
    transfer_part parallel-down $((small_files + 1)) --parallel --parallel-immediate --parallel-max "$parallel_max"
  compare_part parallel-uploaded "$served" flat
  compare_part parallel-downloaded "$results/got"
  rm -rf "$results/got"

  jq -n --argjson sha256_ok "$identical" --rawfile problems "$results/problems" \
    --argjson upload_mb_s "$(megabytes_per_second 3 "$results/big-up.log")" \
    --argjson download_mb_s "$(megabytes_per_second 4 "$results/big-down.log")" \
    --argjson requests_s "$(per_second "$results/small-down.log")" \
    --argjson uploads_s "$(per_second "$results/small-up.log")" \
    --argjson transfers "$(cat "$results"/*.log | wc -l)" \
    '{$sha256_ok, $upload_mb_s, $download_mb_s, $requests_s, $uploads_s, $transfers,
      problems: ($problems | split("\n") | map(select(. != "")))}' >"$results/figures.json"
}
