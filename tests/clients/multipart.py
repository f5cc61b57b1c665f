"""Holds a multipart/byteranges response to its file.

usage: multipart.py HEAD_FILE BODY_FILE FILE FIRST-LAST...
"""

import re
import sys


def fail(text):
    sys.exit(f"multipart: {text}")


def main():
    head_file, body_file, file, *ranges = sys.argv[1:]
    head = open(head_file, encoding="latin-1").read()
    body = open(body_file, "rb").read()
    whole = open(file, "rb").read()
    if not re.match(r"HTTP/1\.1 206 ", head):
        fail(head.splitlines()[0])
    boundary = re.search(r'(?mi)^content-type: multipart/byteranges; *boundary="?([^"\r\n]+)', head)
    if not boundary:
        fail("no multipart/byteranges")
    length = re.search(r"(?mi)^content-length: (\d+)", head)
    if not length or int(length[1]) != len(body):
        fail("Content-Length is not the length")
    delimiter = b"\r\n--" + boundary[1].encode()
    *parts, epilogue = (b"\r\n" + body).split(delimiter)
    if not re.fullmatch(rb"--[ \t]*(\r\n)?", epilogue):
        fail(f"ends with {epilogue!r}")
    seen = []
    for part in parts[1:]:
        part_head, _, content = part.partition(b"\r\n\r\n")
        at = re.search(rb"(?i)content-range: bytes (\d+)-(\d+)/(\d+)", part_head)
        if not at:
            fail(f"a part without Content-Range: {part_head!r}")
        first, last, size = map(int, at.groups())
        if size != len(whole) or content != whole[first : last + 1]:
            fail(f"the part {first}-{last}/{size} holds other bytes")
        seen.append(f"{first}-{last}")
    if seen != ranges:
        fail(f"parts {seen} instead of {ranges}")


main()
