#!/usr/bin/env python3
"""Calls every route of a running management endpoint and holds each answer against /openapi.json.

usage: check.py URL [--token-file FILE | --token TOKEN] [--change]
       check.py --start PROGRAM [--change]     starts PROGRAM 0, which prints its URL and its token

Fails on a status, a media type or a member that the document does not declare, on a member that it
declares and the answer lacks, and on a route that was not reached. --change also pauses, drains and
moves listeners, reloads the configuration and closes a connection; listeners are as before afterwards.
Without it changes are only attempted in ways that must be refused.
"""
import argparse
import http.client
import json
import pathlib
import subprocess
import sys
import time
import urllib.parse
import warnings

import jsonschema

# Later versions have another way to resolve references; that of Debian 12 has only this one.
warnings.filterwarnings("ignore", category=DeprecationWarning)

PATIENCE_SECONDS = 30


class Endpoint:
    """Asks, and checks what comes back."""

    def __init__(self, url, token):
        self.url = urllib.parse.urlsplit(url)
        self.token = token
        self.failures = []
        self.seen = {}  # (method, template) -> statuses
        self.document = None
        self.answers = 0

    def connect(self):
        return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=PATIENCE_SECONDS)

    def ask(self, method, target, headers=None, body=None, token=True):
        fields = {"Authorization": f"Bearer {self.token}"} if token is True else {}
        if isinstance(token, str):
            fields["Authorization"] = f"Bearer {token}"
        if method == "POST":
            fields["Content-Type"] = "application/json"
        fields.update(headers or {})
        fields = {name: value for name, value in fields.items() if value is not None}
        connection = self.connect()
        connection.putrequest(method, target, skip_host="Host" in fields, skip_accept_encoding=True)
        if body is not None and "Content-Length" not in fields and "Transfer-Encoding" not in fields:
            fields["Content-Length"] = str(len(body))
        for name, value in fields.items():
            if value != "":
                connection.putheader(name, value)
        connection.endheaders(body.encode() if body else None)
        answer = connection.getresponse()
        content = b"" if answer.getheader("Content-Type") == "text/event-stream" else answer.read()
        connection.close()
        return answer, content

    def fail(self, what):
        print(f"FAILED: {what}")
        self.failures.append(what)

    def validator(self, schema):
        resolver = jsonschema.RefResolver("", self.document)
        return jsonschema.Draft202012Validator(schema, resolver=resolver)

    def check_json(self, schema, value, where):
        for error in self.validator(schema).iter_errors(value):
            place = "/".join(str(part) for part in error.absolute_path)
            self.fail(f"{where}: at /{place}: {error.message[:200]}")

    def operation(self, method, template):
        known = "get" if method == "HEAD" else method.lower()
        return self.document["paths"][template][known]

    def resolve(self, response):
        if "$ref" in response:
            return self.document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        return response

    def call(self, template, target=None, method="GET", expect=None, **request):
        """One request to a path of a template; its answer must be one that the document declares."""
        target = target or template
        answer, content = self.ask(method, target, **request)
        self.answers += 1
        where = f"{method} {target} -> {answer.status}"
        self.seen.setdefault((method, template), set()).add(answer.status)
        if expect is not None and answer.status != expect:
            self.fail(f"{where}, expected {expect}: {content[:200]!r}")
        if method in ("GET", "HEAD", "POST", "DELETE") and method_is_known(self, method, template):
            declared = self.operation(method, template)["responses"]
        else:
            declared = {"405": {"$ref": "#/components/responses/MethodNotAllowed"}}
        if str(answer.status) not in declared:
            self.fail(f"{where}: the document does not declare this status")
            return None
        response = self.resolve(declared[str(answer.status)])
        for name, field in response.get("headers", {}).items():
            if field.get("required") and answer.getheader(name) is None:
                self.fail(f"{where}: lacks the field {name}")
        for field in ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods"):
            if answer.getheader(field) is not None:
                self.fail(f"{where}: has the field {field}")
        return self.check_content(response, answer, content, where, method)

    def check_content(self, response, answer, content, where, method):
        media_types = response.get("content", {})
        if not media_types:
            if content:
                self.fail(f"{where}: has content, the document declares none")
            return None
        kind = (answer.getheader("Content-Type") or "").split(";")[0]
        if kind not in media_types:
            self.fail(f"{where}: {kind} is not declared")
            return None
        if method == "HEAD" and content:
            self.fail(f"{where}: an answer to HEAD has content")
        if not kind.endswith("json") or method == "HEAD":
            return content
        value = json.loads(content.decode("utf-8"))
        schema = media_types[kind]["schema"]
        if where.startswith("GET /api/v1/transfers") and answer.status == 200:
            # A page without entries fits both.
            schema = schema["anyOf"][1 if "state=finished" in where else 0]
        self.check_json(schema, value, where)
        if answer.status >= 400 and value.get("status") != answer.status:
            self.fail(f"{where}: the problem says {value.get('status')}")
        return value


def method_is_known(endpoint, method, template):
    known = "get" if method == "HEAD" else method.lower()
    return known in endpoint.document["paths"][template]


def check_document(endpoint):
    """What the document promises of itself: every object closed, every member required."""
    assert endpoint.document["openapi"].startswith("3.1")
    for name, schema in endpoint.document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        if schema.get("type") == "object" and "additionalProperties" not in schema:
            endpoint.fail(f"the schema {name} is open")
        if sorted(schema.get("required", [])) != sorted(schema.get("properties", {})):
            endpoint.fail(f"the schema {name} has members that may be left out")


def sample_targets(endpoint):
    """A target that exists for each template of a GET."""
    listener = endpoint.call("/api/v1/listeners")["listeners"][0]
    page = endpoint.ask("GET", "/")[1].decode()
    start = page.index("/assets/")
    asset = page[start:].split('"')[0].split("'")[0]
    return {
        "/api/v1/models/{name}": "/api/v1/models/" + listener["model"],
        "/api/v1/listeners/{name}": "/api/v1/listeners/" + urllib.parse.quote(listener["name"], safe=""),
        "/assets/{name}": asset,
    }


GOOD = {
    "limit": ["1", "1000"], "after": ["0"], "before": ["1"], "since": ["2020-01-01T00:00:00Z"],
    "until": ["2099-01-01T00:00:00%2B02:00"], "seconds": ["10", "3600"], "newest": ["true", "false"],
    "user": ["", "anna"], "path": ["/", "%2Fx"], "listener": ["x"], "peer": ["127."], "method": ["GET"],
}
BAD = {
    "limit": ["0", "1001", "x", ""], "after": ["-1", "x"], "before": ["x"], "since": ["now"], "until": ["1"],
    "seconds": ["9", "3601"], "newest": ["1"], "model": ["iocp"], "state": ["x"], "severity": ["loud"],
    "result": ["x"],
}
JOURNAL_ONLY = ("before", "since", "until", "method", "result")


def check_reads(endpoint, targets):
    for template, item in endpoint.document["paths"].items():
        if "get" not in item or template == "/api/v1/stream":
            continue
        target = targets.get(template, template)
        endpoint.call(template, target, expect=200)
        endpoint.call(template, target, method="HEAD", expect=200)
        endpoint.call(template, target + "?colour=red", expect=400)
        for parameter in item["get"].get("parameters", []):
            if parameter["in"] == "query":
                check_parameter(endpoint, template, target, parameter)
        check_refusals(endpoint, template, target, "security" not in item["get"])
        if "{name}" in template:
            endpoint.call(template, template.replace("{name}", "nothing"), expect=404)


def check_parameter(endpoint, template, target, parameter):
    name, schema = parameter["name"], parameter["schema"]
    prefix = "state=finished&" if template.endswith("/transfers") and name in JOURNAL_ONLY else ""
    text_after = name == "after" and schema["type"] == "string"
    for value in schema.get("enum", GOOD.get(name, [])):
        endpoint.call(template, f"{target}?{prefix}{name}={value}", expect=200)
    for value in [] if text_after else BAD.get(name, []):
        endpoint.call(template, f"{target}?{prefix}{name}={value}", expect=400)
    endpoint.call(template, f"{target}?{prefix}{name}=1&{prefix}{name}=1", expect=400)


def check_refusals(endpoint, template, target, needs_token):
    ask = lambda expect, **more: endpoint.call(template, target, expect=expect, **more)
    ask(421, headers={"Host": "evil.example"})
    ask(400, headers={"Host": ""})
    ask(413, headers={"Content-Length": "65537"})
    ask(411, headers={"Transfer-Encoding": "chunked"})
    ask(400, headers={"Content-Length": "x"})
    ask(405, method="PUT")
    ask(416, headers={"Range": "bytes=x"})
    endpoint.call(template, target + "?" + "x" * 9000, expect=414)
    if needs_token:
        ask(401, token="wrong")
        ask(403, headers={"Origin": "http://evil.example"})
        ask(403, headers={"Sec-Fetch-Site": "cross-site"})


def check_refused_changes(endpoint):
    """Every change, refused in every way that changes nothing."""
    for template, item in endpoint.document["paths"].items():
        for method in set(item) - {"get"}:
            method = method.upper()
            target = template.replace("{name}", "nothing").replace("{id}", "0")
            ask = lambda expect, **more: endpoint.call(template, target, method=method, expect=expect, **more)
            ask(401, token=None)
            ask(401, token="wrong")
            ask(403, headers={"Origin": "http://evil.example"})
            ask(403, headers={"Sec-Fetch-Site": "same-site"})
            ask(421, headers={"Host": "evil.example"})
            if method == "POST":
                ask(415, headers={"Content-Type": None})
                ask(415, headers={"Content-Type": "text/plain"})
                ask(413, headers={"Content-Length": "65537"})
                ask(411, headers={"Transfer-Encoding": "chunked"})
                ask(400, body="{")
                ask(400, body='{"surplus":true}')
            if "{" in template:
                body = '{"model":"apc"}' if template.endswith("/model") else None
                ask(404, body=body)


def check_stream(endpoint):
    """Two snapshots, and the end of the ninth stream."""
    template = "/api/v1/stream"
    endpoint.call(template, expect=401, token="wrong")
    connection = endpoint.connect()
    connection.request("GET", template, headers={"Authorization": f"Bearer {endpoint.token}"})
    answer = connection.getresponse()
    endpoint.seen.setdefault(("GET", template), set()).add(answer.status)
    schema = endpoint.document["components"]["schemas"]["Snapshot"]
    ids = []
    while len(ids) < 2:
        line = answer.readline().decode().rstrip("\n")
        if line.startswith("id: "):
            ids.append(int(line[4:]))
        elif line.startswith("data: "):
            endpoint.check_json(schema, json.loads(line[6:]), f"GET {template}, event {ids[-1]}")
    if ids[1] <= ids[0]:
        endpoint.fail("the ids of the stream do not ascend")
    held = []
    for _ in range(7):
        other = endpoint.connect()
        other.request("GET", template, headers={"Authorization": f"Bearer {endpoint.token}"})
        other.getresponse()
        held.append(other)
    endpoint.call(template, expect=503)
    for other in held + [connection]:
        other.close()


def check_history(endpoint):
    history = endpoint.call("/api/v1/history", "/api/v1/history?seconds=60")
    for model in history["models"]:
        samples = dict(model["samples"])
        lengths = {len(column) for column in samples.pop("in_flight").values()}
        lengths |= {len(column) for column in samples.values()}
        if len(lengths) != 1:
            endpoint.fail(f"the columns of {model['name']} have the lengths {lengths}")


def state_of(endpoint, target):
    return endpoint.call("/api/v1/listeners/{name}", target)


def wait_for(endpoint, target, wanted):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if wanted(state_of(endpoint, target)):
            return
        time.sleep(0.1)
    endpoint.fail(f"{target} did not become what was asked for")


def check_changes(endpoint):
    template = "/api/v1/listeners/{name}"
    for listener in endpoint.call("/api/v1/listeners")["listeners"]:
        target = template.replace("{name}", urllib.parse.quote(listener["name"], safe=""))
        post = lambda verb, expect=200, **more: endpoint.call(
            f"{template}/{verb}", f"{target}/{verb}", method="POST", expect=expect, **more)
        post("pause")
        wait_for(endpoint, target, lambda state: state["state"] == "paused")
        post("resume", body="{}")
        post("drain")
        wait_for(endpoint, target, lambda state: state["state"].startswith("drain"))
        post("resume")
        wait_for(endpoint, target, lambda state: state["state"] == "running")
        other = "apc" if listener["model"] != "apc" else "asio"
        moved = post("model", body=json.dumps({"model": other}))
        if moved and moved["model"] != other:
            endpoint.fail(f"{target} is still on {moved['model']}")
        post("model", body=json.dumps({"model": listener["model"]}))
        post("model", expect=400, body='{"model":"iocp"}')
    endpoint.call("/api/v1/config/reload", method="POST", expect=200)
    for template, path, member in (("/api/v1/connections/{id}", "/api/v1/connections", "connections"),
                                   ("/api/v1/uploads/{id}", "/api/v1/uploads", "uploads")):
        found = endpoint.call(path)[member]
        if found:
            endpoint.call(template, f"{path}/{found[0]['id']}", method="DELETE", expect=204)


def check_coverage(endpoint):
    for template, item in endpoint.document["paths"].items():
        for method in item:
            statuses = endpoint.seen.get((method.upper(), template), set())
            if not statuses:
                endpoint.fail(f"{method.upper()} {template} was never called")
            elif method == "get" and not any(200 <= status < 300 for status in statuses):
                endpoint.fail(f"{method.upper()} {template} never succeeded")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", nargs="?")
    parser.add_argument("--start")
    parser.add_argument("--token", default="")
    parser.add_argument("--token-file")
    parser.add_argument("--change", action="store_true")
    options = parser.parse_args()
    token = pathlib.Path(options.token_file).read_text().strip() if options.token_file else options.token
    url, program = options.url, None
    if options.start:  # it ends with its input
        program = subprocess.Popen([options.start, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        url, token = program.stdout.readline().split()
    endpoint = Endpoint(url, token)
    answer, content = endpoint.ask("GET", "/openapi.json")
    if answer.status != 200:
        sys.exit(f"GET /openapi.json -> {answer.status}")
    endpoint.document = json.loads(content)
    check_document(endpoint)
    check_reads(endpoint, sample_targets(endpoint))
    check_refused_changes(endpoint)
    check_history(endpoint)
    check_stream(endpoint)
    if options.change:
        check_changes(endpoint)
    check_coverage(endpoint)
    print(f"{endpoint.answers} answers checked, {len(endpoint.failures)} failures")
    if program:
        program.stdin.close()
        if program.wait(PATIENCE_SECONDS) != 0:
            endpoint.fail("the program did not end well")
    sys.exit(1 if endpoint.failures else 0)


if __name__ == "__main__":
    main()
