# What run.sh makes of its measurements and of the statistics that the admin endpoint gives (admin/api documents them).

def open_connections: .connections.open;

# Every operation kind of every model: {model, operation, submitted, completed, in_flight}.
def operations:
  .models[] | .name as $model | .operations | to_entries[]
  | {$model, operation: .key, submitted: .value.submitted_total,
     completed: ([.value.completed_total[]] | add), in_flight: .value.in_flight};

def broken: select(.submitted != .completed + .in_flight or .in_flight < 0);

def describe: "\(.model) \(.operation): submitted \(.submitted), completed \(.completed), in flight \(.in_flight)";
