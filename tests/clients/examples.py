"""Runs the examples of a document against the service.

usage: examples.py DOCUMENT PORT NAME

An example is a block of kind `http` that holds a request, followed by blocks that hold its
responses: interim ones, and the final one. What a response block shows must come: the status line,
each header, and the body if there is one. More headers may come than are shown.

<words> in angle brackets stand for what is not known beforehand: anything without a line break.
Where the same words come again, in a later request too, they stand for the same. A line that is
only ... stands for any lines. Lines end as HTTP wants it. Prints a line for each example, as
checks.sh has it, and one about the methods and statuses that the document tells of: each has an
example.
"""

import os
import re
import socket
import sys

SECONDS_MAX = 60
PLACEHOLDER = re.compile(r"<([a-z][a-z0-9 -]*)>")


class Block:
    def __init__(self, text, line):
        self.line = line
        head, _, self.body = text.partition("\n\n")
        self.start, *self.fields = head.rstrip("\n").split("\n")
        self.is_response = self.start.startswith("HTTP/")

    def interim(self):
        return self.is_response and self.start.split()[1].startswith("1")


def blocks_of(document):
    found, lines, since = [], None, 0
    for number, line in enumerate(document.split("\n"), 1):
        if lines is None and line == "```http":
            lines, since = [], number
        elif lines is not None and line == "```":
            found.append(Block("\n".join(lines) + "\n", since))
            lines = None
        elif lines is not None:
            lines.append(line)
    return found


def examples_of(document):
    examples = []
    for block in blocks_of(document):
        if not block.is_response:
            examples.append((block, []))
        elif not examples:
            sys.exit(f"line {block.line}: a response without a request")
        else:
            examples[-1][1].append(block)
    return examples


class Known:
    """What the placeholders stand for, once it has been seen."""

    def __init__(self):
        self.values = {"token": os.environ.get("OVERLAP_READER_TOKEN", "")}

    def fill(self, text):
        # What stands nowhere before is no placeholder: an HTML element, for one.
        return PLACEHOLDER.sub(lambda match: self.values.get(match[1], match[0]), text)

    def matches(self, shown, seen):
        pattern, names = "", []
        position = 0
        for match in PLACEHOLDER.finditer(shown):
            pattern += re.escape(shown[position : match.start()])
            name = match[1]
            if name in self.values:
                pattern += re.escape(self.values[name])
            elif name in names:
                pattern += f"(?P=p{names.index(name)})"
            else:
                pattern += f"(?P<p{len(names)}>[^\\r\\n]+?)"
                names.append(name)
            position = match.end()
        pattern += re.escape(shown[position:])
        # A line that is only ... stands for any lines; escape() has escaped its line break as well.
        pattern = re.sub(r"(?m)^\\\.\\\.\\\.\\\n", r"(?:.*\\n)*", pattern)
        found = re.fullmatch(pattern, seen)
        if not found:
            return False
        for index, name in enumerate(names):
            self.values[name] = found[f"p{index}"]
        return True


class Response:
    def __init__(self, stream, method):
        self.start = stream.readline().decode("latin-1").rstrip("\r\n")
        if not self.start:
            raise EOFError("the connection ended without a response")
        self.fields = []
        while line := stream.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            self.fields.append((name.strip().lower(), value.strip()))
        self.status = int(self.start.split()[1])
        self.body = self.read_body(stream, method)

    def read_body(self, stream, method):
        if method == "HEAD" or self.status < 200 or self.status in (204, 304):
            return ""
        lengths = self.values("content-length")
        body = stream.read(int(lengths[0])) if lengths else stream.read()
        return body.decode("utf-8", "replace").replace("\r\n", "\n")

    def values(self, name):
        return [value for field, value in self.fields if field == name]


def on_the_wire(request, known):
    chunked = any(field.lower() == "transfer-encoding: chunked" for field in request.fields)
    head = "\r\n".join([request.start, *request.fields]) + "\r\n\r\n"
    body = request.body
    if chunked:
        body = body.replace("\n", "\r\n")
    elif body:
        for field in request.fields:
            if field.lower().startswith("content-length:"):
                # The block's last line break is the body's only if the length counts it.
                body = body[: int(field.split(":")[1])]
                if len(body.encode()) != int(field.split(":")[1]):
                    raise ValueError("the example's Content-Length is not its length")
    return known.fill(head).encode(), known.fill(body).encode()


def difference(shown, seen, known):
    if not known.matches(shown.start, seen.start):
        return f"wanted [{shown.start}], saw [{seen.start}] with {seen.fields} [{seen.body[:200]}]"
    for field in shown.fields:
        name, _, value = field.partition(":")
        values = seen.values(name.strip().lower())
        if not any(known.matches(value.strip(), one) for one in values):
            return f"wanted [{field}], saw {values}"
    # The block's last line break need not be the body's.
    if shown.body and not known.matches(shown.body.rstrip("\n"), seen.body.rstrip("\n")):
        return f"wanted the body [{known.fill(shown.body)}], saw [{seen.body}]"
    return None


def converse(port, request, wanted, known):
    method = request.start.split()[0]
    head, body = on_the_wire(request, known)
    waits = any(field.lower().startswith("expect:") for field in request.fields)
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX) as connection:
        with connection.makefile("rb") as stream:
            connection.sendall(head if waits else head + body)
            for shown in wanted:
                found = difference(shown, Response(stream, method), known)
                if found:
                    return f"line {shown.line}: {found}"
                if waits and shown.start.split()[1] == "100":
                    connection.sendall(body)
    return None


def column_of(text, section):
    """What the first column of the first table of a section holds."""
    table = text.partition(f"\n## {section}\n")[2].partition("\n|")[2].partition("\n\n")[0]
    return " ".join(row.strip("|").partition("|")[0] for row in table.split("\n"))


def without_example(text, examples):
    """Methods and statuses that the document tells of and does not show, or the other way round."""
    excused = re.search(r"\n([0-9, and]+) have no example here", text)
    told = set(re.findall(r"\d{3}", column_of(text, "Statuses")))
    shown = {response.start.split()[1] for _, responses in examples for response in responses}
    shown |= set(re.findall(r"\d{3}", excused[1]))
    told |= set(re.findall(r"`([A-Z]+)`", column_of(text, "Requests")))
    # Methods that are not known are shown to be refused.
    shown |= {request.start.split()[0] for request, responses in examples
              if responses[-1].start.split()[1] != "501"}
    return sorted(told ^ shown)


def main():
    document, port, name = sys.argv[1:]
    text = open(document, encoding="utf-8").read()
    examples = examples_of(text)
    known = Known()
    if not examples:
        sys.exit("the document has no example")
    lacking = without_example(text, examples)
    what = f"{name} every method and status has its example"
    print(f"not ok {what}: {lacking}" if lacking else f"ok {what}")
    for request, wanted in examples:
        what = f"{name} line {request.line}: {request.start}"
        try:
            if not wanted or wanted[-1].interim() or any(not one.interim() for one in wanted[:-1]):
                found = "the example must end with one final response"
            else:
                found = converse(int(port), request, wanted, known)
        except (OSError, EOFError, ValueError, IndexError) as error:
            found = f"{type(error).__name__}: {error}"
        print(f"ok {what}" if found is None else f"not ok {what}: {found}".replace("\n", "|"))


main()
