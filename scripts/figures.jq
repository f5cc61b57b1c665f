# What run.sh makes of its measurements and of the statistics that the admin endpoint gives (admin/api documents them).
# Used by `jq -L scripts 'include "figures"; ...'`.

def open_connections: .connections.open;

# Every operation kind of every model in a snapshot: {model, operation, submitted, completed, in_flight}.
def operations:
  .models[] | .name as $model | .completions.by_operation | to_entries[] | {$model, operation: .key} + .value;

def describe:
  "\(.model) \(.operation): submitted \(.submitted), completed \(.completed), in flight \(.in_flight)";

def identity_problems:
  (operations | select(.submitted != .completed + .in_flight or .in_flight < 0) | describe),
  (.models[] | select(.consistent | not) | "\(.name): calls itself inconsistent");

def stop_problems:
  identity_problems, (operations | select(.in_flight != 0) | "after the stop \(describe)");

# ---- the result: $measured, $statistics, $snapshots, $snapshot_errors, $drained, $stopped, $exit_status come from run.sh

def model_result($statistics):
  .name as $name
  | [$statistics.models[] | select(.name == $name)][0] as $model
  | [{models: [$model]} | operations] as $operations
  | . + {
      submitted: ($operations | map(.submitted) | add),
      completed: ($operations | map(.completed) | add),
      in_flight: ($operations | map(.in_flight) | add),
      peak_in_flight: $model.queue.peak,
      latency_us: {p50: $model.latency_us.all.p50, p99: $model.latency_us.all.p99},
      completions_per_wake: $model.loop.completions_per_wake,
      requests: $model.requests_total,
      operations: ($operations | map({key: .operation, value: {submitted, completed, in_flight}}) | from_entries)
    };

def result_problems($snapshots; $snapshot_errors; $drained; $stopped; $exit_status):
  (.models[] | .name as $name | .problems[] | "\($name): \(.)"),
  # What was not counted cannot be inconsistent.
  (.models[] | select((.requests["2xx"] // 0) < .transfers or .submitted < 2 * .transfers)
   | "\(.name): \(.transfers) transfers, but counted are \(.requests["2xx"]) requests and \(.submitted) operations"),
  ($snapshots | to_entries[] | .key as $number | .value | identity_problems | "snapshot \($number + 1): \(.)"),
  ($snapshot_errors | split("\n")[] | select(. != "") | "a snapshot could not be taken: \(.)"),
  (if $snapshots == [] then "no snapshot was taken during the load" else empty end),
  (if $drained then empty else "connections stayed open after the load" end),
  (if $stopped and $exit_status != 0 then "the service ended with exit status \($exit_status)" else empty end);

def result:
  $statistics[0] as $final
  | {models: [$measured[0][] | model_result($final)]}
  | . + {snapshots: ($snapshots | length)}
  | [result_problems($snapshots; $snapshot_errors; $drained; $stopped; $exit_status),
     ($final | if $stopped then stop_problems else identity_problems end)] as $problems
  | . + {ok: ($problems == [] and all(.models[]; .sha256_ok)), problems: $problems[:50]};

# ---- the table

def rounded: if . == null then "-" elif . >= 100 then round else . * 10 | round / 10 end;

def row($cells):
  [8, 8, 10, 11, 8, 10, 10, 6, 8, 8, 12] as $widths
  | [range($cells | length) as $i
     | $cells[$i] | tostring
     | (" " * ($widths[$i] - length)) as $space
     | if $i == 0 then . + $space else $space + . end]
  | join(" ");

def table:
  row(["model", "up MB/s", "down MB/s", "requests/s", "SHA-256", "submitted", "completed", "peak", "p50 µs", "p99 µs",
       "compl./wake"]),
  (.models[]
   | row([.name, (.upload_mb_s | rounded), (.download_mb_s | rounded), (.requests_s | rounded),
          (if .sha256_ok then "ok" else "DIFFERS" end), .submitted, .completed, .peak_in_flight,
          (.latency_us.p50 | rounded), (.latency_us.p99 | rounded), (.completions_per_wake * 100 | round / 100)])),
  "\(.snapshots) snapshots during the load; "
  + (if .ok then "everything held." else "\(.problems | length) problems, see above." end);
