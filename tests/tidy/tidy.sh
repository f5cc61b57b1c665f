#!/usr/bin/env bash
# The rules of the tree that a compiler does not check: sizes, who may include what, layout.
#   usage: tests/tidy/tidy.sh [TREE]        checks the tree (default: this checkout); one line for each violation
#          tests/tidy/tidy.sh --self-test   breaks every rule once in a tree of its own and sees that it is noticed
set -euo pipefail
export LC_ALL=C.UTF-8 # columns are characters, not bytes

file_lines_max=450
columns_max=100

violations=0
report() { # report RULE <lines
  local line
  while IFS= read -r line; do
    printf '%s: %s\n' "$1" "$line"
    violations=$((violations + 1))
  done
}

# files PATTERN [FOLDER...]: names below the tree, without what is generated
files() {
  local pattern=$1
  shift
  find "${@:-.}" \( -name build -o -name .git -o -name .cache \) -prune -o -type f -regextype posix-extended \
    -regex ".*\.($pattern)" -print 2>/dev/null | sed 's#^\./##' | sort
}
sources() { files 'h|cpp' "$@"; }

# search REGEX <names: "name:line:text" of every match
search() { xargs -r -d '\n' grep -HnE -- "$1" || true; }
includes() { search "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($1)"; }

# ---- the rules: each prints its violations

rule_file_length() {
  sources | xargs -r -d '\n' wc -l | awk -v most="$file_lines_max" '$2 != "total" && $1 > most {print $2 ": " $1 " lines"}'
}

rule_columns() {
  sources | search "^.{$((columns_max + 1)),}\$"
}

# common/ is portable: no system, no socket, no thread, no clock, and nothing of the layers above it.
# (A mutex is none of these: statistics are read by other threads than those that count.)
rule_common_is_portable() {
  sources common | includes 'service/|admin/|[Ww]in[a-z0-9]*\.h|ws2|mswsock|io\.h|unistd|fcntl|pthread|sys/|netinet|arpa/'
  sources common | includes '(thread|condition_variable|future|semaphore|latch|barrier)>|boost/(asio/[^b]|log)'
  sources common | search '(system|steady|high_resolution|file)_clock::now|\btime\((NULL|nullptr|0)\)'
}

# The endpoint sees snapshots and commands, never the server; the server does not know that there is an endpoint. Only
# the program, in service/ itself, knows both.
rule_admin_apart_from_service() {
  sources admin | grep -vE '^admin/ctl/(doctor/)?win_' | includes 'service/' # overlapctl is a program of Windows too: users, log
  sources service | grep -E '^service/.*/' | includes 'admin/'
}

rule_httplib_only_in_admin() { sources | grep -v '^admin/' | includes 'httplib\.h'; }
rule_boost_log_only_in_service_log() { sources | grep -v '^service/log/' | includes 'boost/log'; }
# One model, the worker pools of the store and of log-ins, and Beast's parser, which is fed with Asio's buffer type: a pointer and a length.
rule_asio_in_its_places() {
  sources | grep -vE '^(service/io|service/store|service/access|tests|common/protocol)/' | includes 'boost/asio'
  sources common/protocol | includes 'boost/asio[./][^b]'
}
rule_openssl_in_its_places() { sources | grep -vE '^(common/(digest|tls|access)|tests)/' | includes 'openssl/'; }
rule_beast_only_in_protocol() { sources | grep -v '^common/protocol/' | includes 'boost/beast'; }

rule_toml_in_one_place() { sources | grep -v '^common/config/toml_document\.h$' | includes 'toml\+\+|toml\.hpp'; }

# A header of the product stands alone from the top of the tree; a test may not be included by it.
rule_product_without_tests() { sources common service admin | includes 'tests/|gtest|gmock'; }

rule_wait_limit_in_one_place() {
  sources common service admin | grep -v '^service/io/wait_set\.h$' |
    search 'MAXIMUM_WAIT_OBJECTS|WSA_MAXIMUM_WAIT_EVENTS'
}

rule_header_guard() {
  local header
  files h | while IFS= read -r header; do
    grep -qx '#pragma once' "$header" || printf '%s: has no #pragma once\n' "$header"
  done
}

text_files() {
  files 'h|cpp|mc|rc|in|sh|ps1|jq|md|txt|cmake|json|toml|wxs|ya?ml'
  if [ -f .ci/run ]; then echo .ci/run; fi
}

# What is true on one machine only has no place in the tree.
rule_no_machine_paths() {
  text_files | grep -v '^tests/tidy/' | search '(^|[^A-Za-z0-9_.])/(root|home|work|Users)/[A-Za-z]|[A-Z]:[\\/]Users[\\/][a-z]'
}

rule_clean_lines() {
  text_files | grep -v '\.md$' | search '[[:blank:]]+$'
  files 'h|cpp|cmake|json|jq' | search $'\t'
  text_files | xargs -r -d '\n' sh -c 'for name; do [ ! -s "$name" ] || [ -z "$(tail -c 1 "$name")" ] ||
    echo "$name: does not end with a new line"; done' sh
}

# Another version lays the same code out differently, so only this one is asked.
clang_format() {
  local program
  for program in clang-format-14 clang-format; do
    if "$program" --version 2>/dev/null | grep -q 'version 14\.'; then
      printf '%s\n' "$program"
      return
    fi
  done
}

rule_format() { # the first place of each file
  local program
  program=$(clang_format)
  [ -n "$program" ] || return 0
  sources | xargs -r -d '\n' "$program" --dry-run -Werror --ferror-limit=1 2>&1 | awk -F: '/error:/ && !seen[$1]++'
}

rule_shell() {
  command -v shellcheck >/dev/null || return 0
  text_files | grep -E '\.sh$|^\.ci/run$' | xargs -r -d '\n' shellcheck -x -P SCRIPTDIR -S warning -f gcc || true
}

all_rules() { declare -F | sed -n 's/^declare -f \(rule_.*\)/\1/p'; }

check() { # check TREE
  local rule
  cd "$1"
  for rule in $(all_rules); do
    report "${rule#rule_}" < <("$rule")
  done
  [ -n "$(clang_format)" ] || echo "note: no clang-format 14 here, so the layout was not checked" >&2
  command -v shellcheck >/dev/null || echo "note: no shellcheck here, so the scripts were not checked" >&2
  if [ "$violations" != 0 ]; then
    printf '%d violations\n' "$violations"
    return 1
  fi
  echo "tidy: no violations"
}

# ---- self-test

tree=
put() { # put FILE <content
  mkdir -p "$tree/$(dirname "$1")"
  cat >"$tree/$1"
}
put_source() { printf '%s\n' "${@:2}" | put "$1"; }

clean_tree() {
  rm -rf "$tree"
  mkdir -p "$tree/common" "$tree/service/io" "$tree/admin"
  cp "$top/.clang-format" "$tree/"
  put_source common/a.h '#pragma once' '' '#include <string>'
  put_source service/io/wait_set.h '#pragma once' '' 'constexpr int slots = MAXIMUM_WAIT_OBJECTS;'
  put_source service/main.cpp '#include "admin/server.h"'
  put_source admin/server.cpp '#include "httplib.h"'
  put_source scripts/good.sh '#!/bin/sh' 'echo good'
}

failures=0
expect() { # expect RULE|clean TEXT: what the check says about the tree as it is
  local output
  output=$("$self" "$tree" 2>/dev/null) || true
  case $1 in
    clean) [[ $output == *"no violations"* ]] ;;
    *) [[ $output == *"$1: $2"* && $(grep -c ': .*' <<<"$output") == 1 ]] ;;
  esac && return 0
  printf 'self-test: expected %s %s, got:\n%s\n' "$1" "$2" "$output"
  failures=$((failures + 1))
}

breaks() { # breaks RULE FILE LINE...: a clean tree with this file breaks this rule and no other
  clean_tree
  put_source "$2" "${@:3}"
  expect "$1" "$2"
}

self_test() {
  local long_line
  tree=$(mktemp -d)
  trap 'rm -rf "$tree"' EXIT
  clean_tree
  expect clean ""

  clean_tree
  { echo '#pragma once'; seq -f '// line %g' 2 "$file_lines_max"; } | put common/long.h
  expect clean ""
  echo '// one more' >>"$tree/common/long.h"
  expect file_length common/long.h

  # Columns are characters: a hundred of two bytes each are not too many.
  printf -v long_line '%*s' $((columns_max - 3)) ''
  clean_tree
  put_source common/wide.h '#pragma once' "// ${long_line// /ü}"
  expect clean ""
  breaks columns common/wide.h '#pragma once' '// clang-format off' "// ${long_line// /ü}ü"

  breaks common_is_portable common/b.h '#pragma once' '#include "service/io/model.h"'
  breaks common_is_portable common/b.h '#pragma once' '#include <windows.h>'
  breaks common_is_portable common/b.h '#pragma once' '#include <sys/socket.h>'
  breaks common_is_portable common/b.cpp '#include <thread>'
  breaks common_is_portable common/b.cpp 'auto now = std::chrono::steady_clock::now();'
  breaks admin_apart_from_service admin/b.cpp '#include "service/server/server.h"'
  breaks admin_apart_from_service service/server/b.cpp '#include "admin/server.h"'
  breaks httplib_only_in_admin service/b.cpp '#include <httplib.h>'
  breaks boost_log_only_in_service_log service/b.cpp '#include <boost/log/core.hpp>'
  breaks asio_in_its_places service/b.cpp '#include <boost/asio/io_context.hpp>'
  breaks openssl_in_its_places service/b.cpp '#include <openssl/ssl.h>'
  breaks beast_only_in_protocol service/b.cpp '#include <boost/beast/http.hpp>'
  breaks toml_in_one_place common/b.cpp '#include <toml++/toml.hpp>'
  breaks product_without_tests service/b.cpp '#include "tests/support/peer.h"'
  breaks wait_limit_in_one_place service/io/b.h '#pragma once' '' 'int n = MAXIMUM_WAIT_OBJECTS;'
  breaks header_guard service/b.h 'int n = 0;'
  breaks no_machine_paths docs/b.md 'See /home/someone/overlap.'
  breaks clean_lines scripts/b.sh '#!/bin/sh' 'echo spaces  '
  clean_tree
  printf 'int n = 0;' | put service/b.cpp
  expect clean_lines service/b.cpp
  if [ -n "$(clang_format)" ]; then breaks format service/b.cpp 'int  n = 0;'; fi
  if command -v shellcheck >/dev/null; then breaks shell scripts/b.sh '#!/bin/sh' 'cd /tmp' 'pwd'; fi

  if [ "$failures" != 0 ]; then return 1; fi
  echo "tidy: every rule was seen to fail"
}

self=$(realpath "$0")
top=$(realpath "$(dirname "$0")/../..")
case "${1:-}" in
  --self-test) self_test ;;
  -*) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" ;;
  *) check "${1:-$top}" ;;
esac
