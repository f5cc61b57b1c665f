# Sourced after shell.sh: configuring and building a CMake preset.
#
#   build_preset PRESET [TARGET...]   without a target: everything; needs OVERLAP_PREFIX in the environment
# shellcheck shell=bash disable=SC2154

# A cache that was configured for another library prefix keeps the packages that it found there.
cache_is_stale() {
  local cache=$overlap_top/build/$1/CMakeCache.txt
  [ -f "$cache" ] && ! grep -qxE "OVERLAP_PREFIX:[A-Z]+=$OVERLAP_PREFIX" "$cache"
}

build_preset() (
  preset=$1
  shift
  mkdir -p "$overlap_top/build"
  cd "$overlap_top" || exit 1
  # Another checkout of the same sources, in whatever folder, finds its objects in the cache.
  export CCACHE_BASEDIR=$overlap_top CCACHE_NOHASHDIR=true
  exec 9>"build/$preset.lock"
  flock 9 # two scripts may want the same build
  fresh=()
  if cache_is_stale "$preset"; then fresh=(--fresh); fi
  cmake --preset "$preset" "${fresh[@]}" 9>&- || exit 1
  # The compilers end with what is in hand when the build is interrupted; nothing else holds the lock.
  cmake --build --preset "$preset" ${1:+--target "$@"} 9>&-
)
