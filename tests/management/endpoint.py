"""What the programs of this folder share: the management endpoint, records of what happened, and waiting."""

import http.client
import json
import threading
import time

ANSWER_SECONDS_MAX = 60  # of the endpoint, on a machine with more to do than it can
WAIT_SECONDS_MAX = 120  # until something becomes true
MODELS = ("device", "event", "apc", "asio")


class Wrong(Exception):
    """The service does not do what it must."""


def token_of(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


class Endpoint:
    """Asks the management endpoint. Thread-safe: each request has a connection of its own."""

    def __init__(self, port, token):
        self.port = port
        self.token = token
        self.times = {}  # route -> seconds of each answer
        self.changes = 0  # that were asked for with the token, whatever was answered
        self.guard = threading.Lock()

    def ask(self, method, target, body=None, accept=None):
        """Status and text of an answer. An answer that does not come in time is an error."""
        fields = {"Authorization": f"Bearer {self.token}"}
        if method != "GET":
            fields["Content-Type"] = "application/json"
        if accept:
            fields["Accept"] = accept
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS_MAX)
        began = time.monotonic()
        try:
            connection.request(method, target, None if body is None else json.dumps(body), fields)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8")
        except OSError as error:
            raise Wrong(f"{method} {target}: {error} after {time.monotonic() - began:.1f} s") from error
        finally:
            connection.close()
        with self.guard:
            self.times.setdefault(target.split("?")[0], []).append(time.monotonic() - began)
            if method != "GET":
                self.changes += 1
        return answer.status, text

    def get(self, target):
        status, text = self.ask("GET", target)
        if status != 200:
            raise Wrong(f"GET {target}: {status} {text[:300]}")
        return json.loads(text)

    def post(self, target, body=None, expect=200):
        """The answer to a change, which must be `expect`."""
        status, text = self.ask("POST", target, body)
        if status != expect:
            raise Wrong(f"POST {target} {body or ''}: {status} in place of {expect}: {text[:400]}")
        return json.loads(text)

    def finished(self, query):
        """Every finished transfer that a query finds, page by page, the newest first."""
        before = ""
        while True:
            page = self.get(f"/api/v1/transfers?state=finished&limit=1000&{query}{before}")
            yield from page["transfers"]
            if page["next"] is None:
                return
            before = f"&before={page['next']}"

    def print_times(self):
        """As information: how fast it is says more of the machine than of the service."""
        for route, times in sorted(self.times.items()):
            times = sorted(times)
            p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
            print(f"   {route}: {len(times)} answers, p50 {p50:.3f} s, p99 {p99:.3f} s, longest {times[-1]:.3f} s")


def wait_until(what, condition, seconds=WAIT_SECONDS_MAX):
    """What `condition` returns once it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise Wrong(f"not within {seconds} s: {what}")


class Records:
    """Lines of JSON in a file, written by several threads."""

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8", buffering=1)
        self.guard = threading.Lock()

    def write(self, record):
        with self.guard:
            self.file.write(json.dumps(record) + "\n")

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
