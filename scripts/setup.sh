#!/usr/bin/env bash
# Prepares a Debian 12 or 13 machine: the packages that building and testing need, then the libraries for the Windows
# target. The other scripts call it; with everything in place it takes a moment and says nothing.
#   usage: scripts/setup.sh [--packages | --clients | --help]
#     --packages   only the packages: the part that may ask for a password
#     --clients    only the packages, and with them the programs that the full test run drives against the service
# Prints the folder of the library prefix on standard output. Nothing but packages is written outside $OVERLAP_CACHE
# (default ~/.cache/overlap).
set -euo pipefail
. "$(dirname "$0")/shell.sh"

packages=(
  cmake ninja-build ccache git                        # building
  g++ clang libclang-rt-dev libgtest-dev libgmock-dev # the portable part on Linux, under the sanitizers
  libssl-dev                                          # its OpenSSL; the Windows target has one of its own
  g++-mingw-w64-x86-64-posix mingw-w64-tools          # the Windows target; the tools bring the message compiler
  dpkg-dev patch xz-utils                             # unpacking the source packages of the libraries
  tcl                                                 # SQLite puts its sources together with it
  wine curl jq procps util-linux                      # running and measuring it
  python3 python3-jsonschema                          # holds the API against its document
  wixl msitools zip unzip                             # packages
)
# Taken where the distribution has them: Debian names the 64-bit Wine apart, only clang-format 14 is the one whose layout
# tests/tidy checks, and llvm puts names into the reports of the sanitizers.
packages_if_known=(wine64 clang-format-14 llvm shellcheck)

# npm fetches what the dashboard is made of. Other packages of Node.js than Debian's bring npm along, and Debian's npm does
# not go with them.
packages_unless_there=(node:nodejs npm:npm) # command:package
# What tests/clients, tests/dashboard, tests/management and tests/system/kill_restart.sh run.
client_packages=(aria2 chromium lftp openssl rclone slowhttptest wget wrk)

add_packages_unless_there() {
  local pair
  for pair in "${packages_unless_there[@]}"; do
    command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}")
  done
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
known() { apt-cache show "$1" >/dev/null 2>&1; }

missing_packages() {
  local package
  for package in "${packages[@]}"; do installed "$package" || printf '%s\n' "$package"; done
}

# The optional packages are looked at only when something is missing anyway, or when this list has changed since:
# asking apt about them costs more than all the rest of a quiet run.
optional_stamp() {
  printf '%s/optional-packages-%s' "$overlap_cache" "$(printf '%s ' "${packages_if_known[@]}" | sha256sum | cut -c1-12)"
}

missing_optional_packages() {
  local package
  for package in "${packages_if_known[@]}"; do
    ! known "$package" || installed "$package" || printf '%s\n' "$package"
  done
}

as_root=()
find_root() { # find_root PACKAGE...: how to become root, or an explanation that names what to ask for
  [ "$(id -u)" != 0 ] || return 0
  as_root=(sudo)
  if command -v sudo >/dev/null; then
    if sudo -n true 2>/dev/null; then return 0; fi
    if [ -t 2 ]; then
      say "Installing packages needs root: $*"
      if sudo -v; then return 0; fi
    fi
  fi
  die "these packages are missing, and this user can become root neither directly nor by sudo:
  $*
Have them installed, then run this again:
  apt-get install --no-install-recommends $*"
}

apt_run() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

install_packages() {
  local missing optional
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} = 0 ] && [ -e "$(optional_stamp)" ]; then return 0; fi
  command -v apt-get >/dev/null ||
    die "this machine has no apt: the scripts know Debian 12 and 13. Needed: ${packages[*]}"
  [ "$(dpkg --print-architecture)" = amd64 ] ||
    die "this is a $(dpkg --print-architecture) machine; the Windows program is 64-bit x86 and runs under an amd64 Wine"
  if [ ${#missing[@]} != 0 ]; then
    find_root "${missing[@]}"
    step "Reading the package lists" apt_run update
    mapfile -t optional < <(missing_optional_packages)
    step "Installing ${#missing[@]} packages" apt_run install --no-install-recommends "${missing[@]}" "${optional[@]}"
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} = 0 ] || die "apt did not install: ${missing[*]}"
  else
    mapfile -t optional < <(missing_optional_packages)
    if [ ${#optional[@]} != 0 ] && [ "$(id -u)" = 0 ]; then
      step "Installing ${optional[*]}" apt_run install --no-install-recommends "${optional[@]}"
    fi
  fi
  mkdir -p "$overlap_cache"
  touch "$(optional_stamp)"
}

add_packages_unless_there
case "${1:-}" in
  "")
    install_packages
    exec "$overlap_top/scripts/dependencies.sh"
    ;;
  --packages) install_packages ;;
  --clients)
    packages+=("${client_packages[@]}")
    install_packages
    "$overlap_top/tests/metrics/check.sh" --prepare
    ;;
  -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" ;;
  *) die "unknown option $1 (scripts/setup.sh --help)" ;;
esac
