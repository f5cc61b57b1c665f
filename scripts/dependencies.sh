#!/usr/bin/env bash
# Builds the libraries for the Windows target that Debian does not carry, once, from Debian 13's own packages.
# A Debian 12 machine reads them through a private apt configuration: nothing of the machine's own apt changes.
# What the dashboard draws with comes from the npm registry that this machine uses, checked by admin/web/package-lock.json.
#   usage: scripts/dependencies.sh    prints the folder of the finished prefix on standard output
# The prefix lies outside the checkout ($OVERLAP_CACHE, default ~/.cache/overlap), named after a hash of this file, of
# admin/web/package-lock.json and of the compiler.
set -euo pipefail
. "$(dirname "$0")/shell.sh"

suite=trixie
next_suite=forky # its lists still name what Debian 13 had before
source_packages=(boost1.88 cpp-httplib googletest openssl sqlite3)
header_packages=(libtomlplusplus-dev libcli11-dev) # header-only: the binary package is the library

prefix=$(prefix_folder)
if [ -e "$prefix/.complete" ]; then
  printf '%s\n' "$prefix"
  exit 0
fi

mkdir -p "$overlap_cache"
exec 9>"$overlap_cache/lock"
flock 9 # two builds at once would share the same folders
[ ! -e "$prefix/.complete" ] || { printf '%s\n' "$prefix"; exit 0; }

work=$overlap_cache/work
rm -rf "$work" "$prefix"
mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/source"

write_apt_configuration() {
  local site
  site=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
    awk '$2 !~ /security/ && $1 ~ /debian/ {print $1; exit}')
  [ -n "$site" ] || die "apt knows no Debian mirror; add one to /etc/apt and run this again"
  cat >"$work/apt/overlap.sources" <<SOURCES
Types: deb deb-src
URIs: $site
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: $site
Suites: $next_suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
  cat >"$work/apt/apt.conf" <<CONF
Dir::State "$work/apt";
Dir::State::lists "$work/apt/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$work/apt";
Dir::Etc::sourcelist "$work/apt/overlap.sources";
Dir::Etc::sourceparts "/dev/null";
Acquire::Retries "3";
APT::Sandbox::User "";
CONF
}

# A mirror can name a version in its lists and not have it, for days after a point release. Then one before it does, as long
# as a signed list names it.
fetch_source() { # fetch_source PACKAGE
  local version
  if apt-get source --only-source "$1/$suite"; then return; fi
  for version in $(apt-cache showsrc --only-source "$1" | sed -n 's/^Version: //p' | grep '[~+]deb13u' | sort -rVu); do
    if apt-get source --only-source "$1=$version"; then return; fi
  done
  die "the mirror has no version of $1 for $suite"
}

fetch() (
  set -e
  export APT_CONFIG=$work/apt/apt.conf
  apt-get update
  cd "$work/source"
  for package in "${source_packages[@]}"; do
    fetch_source "$package"
  done
  apt-get download "${header_packages[@]}"
)

source_of() { find "$work/source" -mindepth 1 -maxdepth 1 -type d -name "$1-*" | head -n 1; }

cross_cmake() { # cross_cmake SOURCE BUILD [OPTION...]
  local from=$1 to=$2
  shift 2
  cmake -G Ninja -S "$from" -B "$to" -DCMAKE_TOOLCHAIN_FILE="$overlap_top/scripts/mingw.cmake" \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_CXX_STANDARD=20 -DBUILD_SHARED_LIBS=OFF \
    -DCMAKE_CXX_FLAGS='-D_WIN32_WINNT=0x0A00 -w' -DCMAKE_C_FLAGS='-D_WIN32_WINNT=0x0A00 -w' \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache "$@"
}

build_boost() {
  local boost
  boost=$(source_of boost1.88)
  # property_tree asks for serialization only for an adapter that nothing here includes: a third of the build.
  sed -i '/Boost::serialization/d' "$boost/libs/property_tree/CMakeLists.txt"
  # Without the full path of a message compiler, Boost.Log silently leaves its Event Log sink out.
  cross_cmake "$boost" "$work/build-boost" -DBOOST_INCLUDE_LIBRARIES='asio;beast;json;log;url' \
    -DBOOST_INSTALL_LAYOUT=system -DBOOST_LOG_WITHOUT_SETTINGS_PARSERS=ON -DBOOST_LOG_USE_REGEX_BACKEND=std::regex \
    -DCMAKE_MC_COMPILER="$(command -v "$overlap_triplet-windmc")"
  cmake --build "$work/build-boost" --target install
}

build_googletest() {
  cross_cmake "$(source_of googletest)" "$work/build-googletest"
  cmake --build "$work/build-googletest" --target install
}

# TLS, certificates, digests and scrypt. What no client of this product speaks is left out, and so is whatever would read a
# configuration or a module from a folder, or ask for a passphrase on a console that a service does not have.
openssl_options=(
  no-shared no-module no-dso no-engine no-autoload-config no-tests no-apps no-docs no-legacy no-comp no-ui-console
  no-ssl3 no-tls1 no-tls1_1 no-dtls no-quic no-srtp no-srp no-nextprotoneg no-weak-ssl-ciphers
  no-http no-ocsp no-cmp no-cms no-ct no-ts no-rfc3779 no-winstore no-gost no-thread-pool
  no-aria no-bf no-blake2 no-camellia no-cast no-des no-dsa no-ec2m no-idea no-md4 no-mdc2 no-ml-dsa no-rc2 no-rc4
  no-rmd160 no-seed no-slh-dsa no-sm2 no-sm3 no-sm4 no-whirlpool
)

# The libraries keep the name of their prefix: one that says nothing about the machine that built them.
build_openssl() {
  (
    cd "$(source_of openssl)"
    CC="ccache $overlap_triplet-gcc-posix" AR=$overlap_triplet-ar RANLIB=$overlap_triplet-ranlib \
      RC=$overlap_triplet-windres ./Configure mingw64 --prefix=/overlap --libdir=lib "${openssl_options[@]}" \
      -D_WIN32_WINNT=0x0A00
    make -j "$(nproc)" build_libs
    make DESTDIR="$work/openssl" install_dev
  )
  mkdir -p "$prefix/include" "$prefix/lib"
  cp -r "$work/openssl/overlap/include/openssl" "$prefix/include/"
  cp "$work"/openssl/overlap/lib/*.a "$prefix/lib/"
}

# What https://sqlite.org/compile.html recommends for a program that uses SQLite as this one does: a connection is used by
# one thread at a time, no schema is trusted, nothing is loaded, and nothing temporary is written beside the database.
sqlite_options=(
  -DSQLITE_THREADSAFE=2 -DSQLITE_DQS=0 -DSQLITE_TRUSTED_SCHEMA=0 -DSQLITE_DEFAULT_MEMSTATUS=0
  -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=1 -DSQLITE_TEMP_STORE=3 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_OMIT_LOAD_EXTENSION
  -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_DECLTYPE -DSQLITE_OMIT_JSON
)

# The Debian package has SQLite's sources one by one; its own makefile puts them together into the one file that is compiled.
build_sqlite() {
  local sqlite
  sqlite=$(source_of sqlite3)
  (
    cd "$sqlite"
    ./configure --disable-tcl --disable-readline --disable-shared
    make sqlite3.c sqlite3.h
    ccache "$overlap_triplet-gcc-posix" -O2 -w -D_WIN32_WINNT=0x0A00 "${sqlite_options[@]}" -c sqlite3.c -o sqlite3.o
    "$overlap_triplet-ar" crs libsqlite3.a sqlite3.o
  )
  mkdir -p "$prefix/include" "$prefix/lib"
  cp "$sqlite/sqlite3.h" "$prefix/include/"
  cp "$sqlite/libsqlite3.a" "$prefix/lib/"
}

# The charts of the dashboard. npm refuses what does not have the digest that the lock file names.
install_uplot() {
  local from=$work/web to=$prefix/share/uplot
  mkdir -p "$from" "$to"
  cp "$overlap_top/admin/web/package.json" "$overlap_top/admin/web/package-lock.json" "$from/"
  (cd "$from" && npm ci --no-audit --no-fund --ignore-scripts)
  cp "$from/node_modules/uplot/dist/uPlot.iife.min.js" "$from/node_modules/uplot/dist/uPlot.min.css" \
    "$from/node_modules/uplot/LICENSE" "$to/"
}

install_headers() {
  local package
  mkdir -p "$prefix/include"
  cp "$(source_of cpp-httplib)/httplib.h" "$prefix/include/"
  for package in "$work"/source/*.deb; do
    dpkg-deb -x "$package" "$work/unpacked"
  done
  cp -r "$work/unpacked/usr/include/." "$prefix/include/"
  # The part that native builds may see: Boost's headers and the header-only libraries, but not the cross-built GoogleTest.
  mkdir -p "$prefix/portable"
  ln -s ../include/boost ../include/toml++ "$prefix/portable/"
}

check() {
  local archive=$prefix/lib/libboost_log.a configuration=$prefix/include/openssl/configuration.h option
  "$overlap_triplet-nm" "$archive" | grep 'simple_event_log_backend' >/dev/null ||
    die "Boost.Log was built without its Event Log sink ($archive)"
  for option in AUTOLOAD_CONFIG DSO ENGINE UI_CONSOLE COMP; do
    grep -q "define OPENSSL_NO_$option\$" "$configuration" || die "OpenSSL was built with $option"
  done
  ! "$overlap_triplet-nm" "$prefix/lib/libsqlite3.a" | grep 'sqlite3_load_extension' >/dev/null ||
    die "SQLite was built with loadable extensions"
}

say "Building the Windows libraries into $prefix (a few minutes on two idle cores, once)"
write_apt_configuration
step "  fetching sources" fetch
step "  Boost" build_boost
step "  GoogleTest" build_googletest
step "  OpenSSL" build_openssl
step "  SQLite" build_sqlite
step "  uPlot" install_uplot
step "  headers" install_headers
step "  checking" check
ls "$work/source" | grep -E '\.(dsc|deb)$' >"$prefix/SOURCES"
touch "$prefix/.complete"
rm -rf "$work"
printf '%s\n' "$prefix"
