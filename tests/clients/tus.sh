#!/usr/bin/env bash
# tus-js-client: uploads interrupted and resumed. What it does is in tus.mjs.
. "$(dirname "$0")/checks.sh"

random_file "$scratch/file.bin" 20000003
env URL="$url" ORIGIN="$origin" TLS_URL="$tls_url" SERVED="$served" SCRATCH="$scratch" CLIENT="$client" MODEL="$model" \
  NODE_EXTRA_CA_CERTS="$authority" BREAKING_WAY="$here/breaking_way.py" FOLDER="$folder" timeout 300 node "$OVERLAP_MODULES/tus.mjs"
expect "tus.mjs came to its end" 0 $?
expect "no temporary file is left" "" "$(find "$served" -name '.overlap-*')"
