# Sourced after checks.sh: a tree of files whose names are hard for who follows links.
# shellcheck shell=bash

make_tree() { # make_tree FOLDER
  local i name
  mkdir -p "$1/sub folder/deeper" "$1/empty" "$1/"$'\uD55C\uAE00'
  for name in plain.txt 'with blank.txt' 'percent%41.txt' 'hash#1.txt' 'a&b=c;d.txt' "quote's (1).txt" 'plus+comma,.txt' \
    $'\u1112\u1161\u11AB.txt' $'\u00E9-\U1F4C4.bin' '[brackets].txt' '~tilde!$.txt' 'semi;colon@at.txt'; do
    random_file "$1/$name" $((1000 + RANDOM))
  done
  : >"$1/empty.txt"
  for i in $(seq 1 12); do random_file "$1/sub folder/$i.bin" $((i * 3000)); done
  random_file "$1/sub folder/deeper/deep.bin" 100000
  random_file "$1/"$'\uD55C\uAE00/\uD30C\uC77C.bin' 70000
}
tree_folders() { find "$1" -type d | wc -l; }
