#!/usr/bin/env bash
# lftp: a tree mirrored from its listings, mirrored again, in segments, continued; and uploads.
. "$(dirname "$0")/checks.sh"
. "$here/tree.sh"

file=$served/file.bin
random_file "$file" 8000009
make_tree "$served/tree"
rm "$served/tree/~tilde!\$.txt" # lftp takes a name that begins so for somebody's home, whatever the server
run() { # run COMMANDS: in the script's folder
  HOME=$scratch timeout 200 lftp -c "set net:max-retries 10; set net:timeout 60; set net:reconnect-interval-base 1;
    set cmd:fail-exit true; set ssl:ca-file '$authority'; set xfer:log no; lcd '$scratch'; ${2:-open '$url/'}; $1"
}

expect "cls" "$(cd "$served/tree" && printf '%s\n' * | sort)" "$(run 'cd tree/; cls -1' | sed 's#/$##' | sort)"
succeeds "mirror" run 'mirror tree mirrored'
same_tree "mirror: every file" "$served/tree" "$scratch/mirrored"
expect "mirror: every folder" "$(tree_folders "$served/tree")" "$(tree_folders "$scratch/mirrored")"
random_file "$served/tree/plain.txt" 9999
rm "$served/tree/hash#1.txt"
succeeds "mirror --delete" run 'mirror --delete --parallel=4 tree mirrored'
same_tree "mirror --delete: what has changed" "$served/tree" "$scratch/mirrored"
succeeds "pget -n 4" run 'pget -n 4 file.bin -o pieces'
same_bytes "pget -n 4: bytes" "$file" "$scratch/pieces"
head -c 1000000 "$file" >"$scratch/continued"
succeeds "get -c" run 'get -c file.bin -o continued'
same_bytes "get -c: bytes" "$file" "$scratch/continued"
way=$(breaking_way 3 1500000)
succeeds "over a way that breaks" run 'get file.bin -o broken' "open 'http://127.0.0.1:$way/$folder/'"
same_bytes "over a way that breaks: bytes" "$file" "$scratch/broken"
succeeds "put" run "put '$file' -o uploaded.bin"
same_bytes "put: bytes" "$file" "$served/uploaded.bin"
succeeds "rm" run 'rm uploaded.bin'
expect "rm: it is gone" gone "$([ -e "$served/uploaded.bin" ] && echo there || echo gone)"
succeeds "over TLS" run 'get file.bin -o tls' "open '$tls_url/'"
same_bytes "over TLS: bytes" "$file" "$scratch/tls"
succeeds "with a password" run 'get file.bin -o named' "open -u reader,reading-room '$url/'"
same_bytes "with a password: bytes" "$file" "$scratch/named"
