#!/usr/bin/env bash
# Every example of docs/PROTOCOL.md, in its order, against a folder that is empty at first.
. "$(dirname "$0")/checks.sh"

rmdir "$served"
python3 "$here/examples.py" "$OVERLAP_DOCUMENT" "${origin##*:}" "$client $model"
expect "examples.py came to its end" 0 $?
