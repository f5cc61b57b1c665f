# Sourced after shell.sh: a Wine of one's own, started so that programs under it behave, and ended without a trace.
#
#   wine_start [PREFIX]   starts Wine in that prefix (default: one for this checkout, outside it) and exports what `wine` needs
#   wine_stop             ends every program in that prefix, and only in that one; safe to call twice or before wine_start
#
# A new prefix is copied from a template that is booted once for each version of Wine: 3 s instead of 15 s.
# shellcheck shell=bash disable=SC2154

wine_boot_seconds_max=240 # a cold start on a busy machine was seen to take more than a minute
wine_files_max=65536      # the persistent server keeps the limit that it started with; 1000 connections need several each

wine_default_prefix() {
  printf '%s/wine-%s\n' "$overlap_cache" "$(printf '%s' "$overlap_top" | sha256sum | cut -c1-12)"
}

wine_raise_file_limit() {
  local hard
  hard=$(ulimit -Hn)
  [ "$hard" != unlimited ] && [ "$hard" -lt "$wine_files_max" ] || hard=$wine_files_max
  ulimit -Sn "$hard"
}

wine_environment() { # wine_environment PREFIX
  export WINEPREFIX=$1 WINEARCH=win64
  export WINEDEBUG=${WINEDEBUG:--all}
  export WINEDLLOVERRIDES='mscoree,mshtml=' # neither .NET nor a browser: no questions at first start
  unset DISPLAY WAYLAND_DISPLAY             # nothing here has a window
}

# All streams on /dev/null: Wine's own services live on, and would hold a pipe of the caller open until they end.
wine_quietly() { timeout --foreground "$wine_boot_seconds_max" "$@" </dev/null >/dev/null 2>&1; }

wine_server_running() { timeout 5 wineserver -k0 >/dev/null 2>&1; }

wine_end_server() { # in $WINEPREFIX
  [ -d "$WINEPREFIX" ] || return 0
  wine_server_running || return 0
  wineserver -k >/dev/null 2>&1 || true
  timeout 20 wineserver -w >/dev/null 2>&1 || true
  ! wine_server_running || { wineserver -k9 >/dev/null 2>&1 || true; }
}

wine_make_template() { # wine_make_template FOLDER
  local new=$1.new
  if [ -d "$new" ]; then
    (
      wine_environment "$new"
      wine_end_server
    )
    rm -rf "$new"
  fi
  (
    wine_environment "$new"
    trap 'wine_end_server' EXIT
    mkdir -p "$new" # the server does not make it
    wine_quietly wineserver -p && wine_quietly wine wineboot -u || exit 1
    # The registry is written when the server ends; only then is the folder a template.
    timeout 60 wineserver -k && timeout 60 wineserver -w
  )
  [ -f "$new/system.reg" ] && mv "$new" "$1"
}

wine_new_prefix() { # wine_new_prefix PREFIX
  local template version
  version=$(wine --version 2>/dev/null | tr -cs 'A-Za-z0-9.\n' '-')
  template=$overlap_cache/wine-template-${version%-}
  mkdir -p "$overlap_cache" "$(dirname "$1")"
  if [ ! -d "$template" ]; then
    (
      flock 8 # another script may be making the same template
      [ -d "$template" ] || step "Booting Wine for the first time" wine_make_template "$template" 8>&-
    ) 8>"$overlap_cache/wine-template.lock"
  fi
  rm -rf "$1.new"
  cp -a --reflink=auto "$template" "$1.new"
  mv "$1.new" "$1"
}

wine_start() {
  local prefix
  prefix=${1:-$(wine_default_prefix)}
  command -v wineserver >/dev/null || die "Wine is not installed; run scripts/setup.sh"
  case $prefix in
    /*) ;;
    *) die "a Wine prefix must be an absolute folder: $prefix" ;;
  esac
  wine_raise_file_limit
  if [ ! -d "$prefix" ]; then wine_new_prefix "$prefix"; fi
  wine_environment "$prefix"
  wine_end_server # left behind by a run that was killed; its limits are not ours
  step "Starting Wine" wine_boot
}

wine_boot() {
  wine_quietly wineserver -p || return 1
  # The first program starts Wine's services, brings the prefix up to date if Wine has changed, and waits for both.
  wine_quietly wine cmd /c exit || {
    echo "Wine did not start a program in $WINEPREFIX within $wine_boot_seconds_max s."
    echo "If that folder was left behind half made, remove it and run this again."
    return 1
  }
}

wine_stop() {
  [ -n "${WINEPREFIX:-}" ] || return 0
  wine_end_server
}
