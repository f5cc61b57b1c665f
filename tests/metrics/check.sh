#!/usr/bin/env bash
# Has the metrics, the alerts and the Grafana dashboard checked by programs that others wrote: promtool of Prometheus and
# the OpenMetrics parser of its Python client. Both come from Debian's packages, which are unpacked and not installed: the
# one of promtool would start a server.
#   usage: tests/metrics/check.sh [FOLDER]          FOLDER: a native build (default build/linux-asan); checks what its
#                                                   overlap_metrics_example writes
#          tests/metrics/check.sh --url URL [TOKEN] checks what a running endpoint answers: http://127.0.0.1:8100/metrics
#          tests/metrics/check.sh --prepare         only fetches the two programs
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/scripts/shell.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools=$overlap_cache/metrics-tools
promtool=$tools/usr/bin/promtool

unpack_tools() {
  local package
  (
    cd "$folder"
    apt-get -q download prometheus python3-prometheus-client
    for package in *.deb; do dpkg -x "$package" tools; done
    rm -rf "$tools"
    mkdir -p "$(dirname "$tools")"
    mv tools "$tools"
  )
}
[ -x "$promtool" ] || step "Fetching promtool" unpack_tools
[ "${1:-}" != --prepare ] || exit 0

fetch() { # fetch TYPE FILE: /metrics in one format, with the content type that belongs to it
  local header=() got
  [ -z "$token" ] || header=(-H "Authorization: Bearer $token")
  got=$(curl -sS --fail --max-time 20 -H "Accept: $1" "${header[@]}" -o "$2" -w '%{content_type}' "$url")
  [[ $got == "$1"* ]] || die "asked for $1, the answer is $got"
}

if [ "${1:-}" = --url ]; then
  url=$2
  token=${3:-}
  fetch text/plain "$folder/prometheus"
  fetch application/openmetrics-text "$folder/openmetrics"
else
  example=${1:-$top/build/linux-asan}/tests/unit/observation/overlap_metrics_example
  "$example" prometheus >"$folder/prometheus"
  "$example" openmetrics >"$folder/openmetrics"
fi

"$promtool" check metrics <"$folder/prometheus"
"$promtool" check rules "$top/installer/prometheus/alerts.yml"
PYTHONPATH=$tools/usr/lib/python3/dist-packages python3 "$top/tests/metrics/check.py" \
  "$folder/prometheus" "$folder/openmetrics" "$top/installer/prometheus/alerts.yml" \
  "$top/installer/prometheus/grafana-dashboard.json" "$top/docs/METRICS.md"
