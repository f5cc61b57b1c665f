# Sourced after shell.sh, jobs.sh and wine.sh: the service as a job of a script that tests it from outside. Ports are those
# of 127.0.0.1: the admin endpoint at BASE, the models at BASE+1 to +4, and the same with TLS at BASE+5 to +8.
#
#   service_ports COUNT                                prints a BASE at which so many ports in a row are free
#   service_config BASE ROOT [LINE...]                 prints a configuration; the lines are added as they are
#   service_tls_config BASE                            prints what is to be added for the listeners with TLS
#   service_start EXECUTABLE CONFIG BASE STATE [OPTION...]
#                                                      runs it until it is ready; STATE takes its log
#   service_stop                                       asks it to stop and waits; its exit status, 137 if it had to be ended
#   service_end                                        ends it by force if it is still there: for EXIT traps
# shellcheck shell=bash disable=SC2154

service_models=(device event apc asio) # in the order of their ports
service_seconds_max=90                 # to be ready, and to be stopped, on a busy machine
service_pid=

windows_path() { # Wine shows the whole file system as drive Z:
  local path
  path=$(realpath -m "$1")
  printf 'Z:%s' "${path//\//\\}"
}

service_port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

service_ports() {
  local base i
  # Below the ports that Linux gives to clients, one of which could take a free port before the service does.
  for ((base = 10240 + RANDOM % 16384; base < 32768 - $1; base += $1)); do
    for ((i = 0; i < $1; ++i)); do ! service_port_taken $((base + i)) || continue 2; done
    printf '%d\n' "$base"
    return
  done
  die "no free ports"
}

service_port_of() { # service_port_of BASE MODEL
  local i
  for i in "${!service_models[@]}"; do
    if [ "${service_models[i]}" = "$2" ]; then printf '%d\n' $(($1 + 1 + i)); fi
  done
}

# The lines may begin with more keys of the section store, and then begin sections of their own.
service_config() {
  local base=$1 root=$2 model
  shift 2
  printf "[store]\nroot = '%s'\n" "$(windows_path "$root")"
  [ $# = 0 ] || printf '%s\n' "$@"
  printf '[admin]\nport = %d\nanonymous_read = true\n' "$base"
  printf '[log]\nlevel = "info"\nevent_log = false\n'
  for model in "${service_models[@]}"; do
    printf '[[listener]]\nmodel = "%s"\nport = %d\n' "$model" "$(service_port_of "$base" "$model")"
  done
}

service_tls_config() {
  local model
  for model in "${service_models[@]}"; do
    printf '[[listener]]\nname = "%s-tls"\nmodel = "%s"\nport = %d\ntls = true\n' \
      "$model" "$model" $(($(service_port_of "$1" "$model") + ${#service_models[@]}))
  done
}

service_run() { # as a job: the fifo is opened here for reading only
  exec wine "$1" --console --until-stdin-closes --config "$(windows_path "$2")" "${@:4}" \
    <"$3/stdin" >"$3/service.log" 2>&1
}

service_start() {
  local executable=$1 config=$2 base=$3 state=$4 waited
  mkdir -p "$state"
  rm -f "$state/stdin"
  mkfifo "$state/stdin"
  exec 7<>"$state/stdin"
  job_start service_run "$executable" "$config" "$state" "${@:5}"
  service_pid=$job_pid
  for ((waited = 0; waited < service_seconds_max * 10; ++waited)); do
    if curl --silent --fail --max-time 10 --output /dev/null "http://127.0.0.1:$base/readyz"; then return 0; fi
    if ! job_alive "$service_pid"; then
      cat "$state/service.log" >&2
      die "the service ended while starting; its words are above"
    fi
    sleep 0.1
  done
  cat "$state/service.log" >&2
  die "the service was not ready within $service_seconds_max s; its words are above"
}

service_stop() {
  local waited status=0
  exec 7>&- # the service takes the end of its standard input as the wish to stop
  for ((waited = 0; waited < service_seconds_max * 10; ++waited)); do
    job_alive "$service_pid" || break
    sleep 0.1
  done
  if job_alive "$service_pid"; then
    say "The service did not stop within $service_seconds_max s and is ended by force."
    service_end
    return 137
  fi
  wait "$service_pid" 2>/dev/null || status=$?
  service_pid=
  return "$status"
}

service_end() {
  job_end "$service_pid"
  service_pid=
}
