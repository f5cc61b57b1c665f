# Sourced by the other scripts: what they share. Messages go to standard error, so that standard output stays data.
# shellcheck shell=bash

overlap_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
overlap_cache=${OVERLAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/overlap}
overlap_triplet=x86_64-w64-mingw32

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# step TEXT COMMAND...: runs a long command with its output in a log, and says how long it took or why it failed.
step() {
  local text=$1 log started
  shift
  mkdir -p "$overlap_cache/log"
  log=$overlap_cache/log/$(printf '%s' "$text" | tr -cs 'A-Za-z0-9.' '-').log
  started=$SECONDS
  printf '%s ...' "$text" >&2
  if "$@" >"$log" 2>&1 </dev/null; then
    printf ' %d s\n' $((SECONDS - started)) >&2
  else
    printf ' FAILED\n' >&2
    tail -n 40 "$log" >&2
    die "$text failed; the whole output is in $log"
  fi
}

# The dependency prefix is named after what it is made of: the recipe, what comes from npm and the compiler. Another recipe
# is another folder.
prefix_folder() {
  local stamp
  stamp=$({
    cat "$overlap_top/scripts/dependencies.sh" "$overlap_top/admin/web/package-lock.json"
    "$overlap_triplet-g++-posix" -dumpfullversion
  } | sha256sum | cut -c1-12)
  printf '%s/prefix-%s\n' "$overlap_cache" "$stamp"
}
