"""Looks at a running service through its management endpoint until it is told to end (SIGTERM).

usage: watching.py PORT TOKEN_FILE

Asks every half second for all that can be read and holds a stream open. Ends with status 1 if an
answer did not come in time or was none, if counters of a model contradict each other in any
picture of them, or if a total falls.
"""

import http.client
import json
import signal
import sys
import threading

from endpoint import ANSWER_SECONDS_MAX, Endpoint, Wrong, token_of

ROUTES = (
    "/api/v1/service", "/api/v1/listeners", "/api/v1/connections?limit=1000", "/api/v1/transfers",
    "/api/v1/transfers?state=finished&limit=20", "/api/v1/uploads", "/api/v1/events?newest=true",
    "/api/v1/config", "/api/v1/findings", "/api/v1/history?seconds=120", "/version",
)
TEXTS = ("/metrics", "/openapi.json", "/", "/livez")
CONTRADICTION = "snapshot_inconsistent"


class Watch:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.ending = threading.Event()
        self.wrong = []
        self.pictures = 0
        self.totals = {}
        self.findings = {}

    def say(self, what):
        if len(self.wrong) < 20:
            print(f"WRONG: {what}", flush=True)
        self.wrong.append(what)

    def look(self):
        """At everything once."""
        for model in self.endpoint.get("/api/v1/models")["models"]:
            self.check_model(model)
        for target in ROUTES:
            answer = self.endpoint.get(target)
            if target == "/api/v1/listeners":
                for listener in answer["listeners"]:
                    self.rises(listener["name"], "connections", listener["connections"]["total"])
                    self.rises(listener["name"], "rejected", listener["rejected_total"])
            if target == "/api/v1/findings":
                self.note_findings(answer["findings"])
        for target in TEXTS:
            status, text = self.endpoint.ask("GET", target)
            if status != 200 or not text:
                self.say(f"GET {target}: {status}")
        status, text = self.endpoint.ask("GET", "/readyz")
        if status not in (200, 503):
            self.say(f"GET /readyz: {status} {text}")
        self.pictures += 1

    def check_model(self, model):
        name, completions, queue = model["name"], model["completions"], model["queue"]
        if not model["consistent"]:
            self.say(f"{name} is not consistent: {json.dumps(model)}")
        for operation, counts in completions["by_operation"].items():
            if counts["submitted"] != counts["completed"] + counts["in_flight"]:
                self.say(f"{name} {operation}: {counts}")
            if counts["in_flight"] != queue["in_flight"][operation] or counts["in_flight"] < 0:
                self.say(f"{name} {operation}: {counts}, but in flight {queue['in_flight']}")
        if completions["submitted_total"] != completions["completed_total"] + queue["in_flight"]["total"]:
            self.say(f"{name}: {completions}, {queue}")
        if sum(completions["by_result"].values()) != completions["completed_total"]:
            self.say(f"{name}: the results are not the completions: {completions}")
        connections = model["connections"]
        if connections["opened_total"] != connections["open"] + sum(connections["closed"].values()):
            self.say(f"{name}: connections {connections}")
        self.rises(name, "submitted", completions["submitted_total"])
        self.rises(name, "opened", connections["opened_total"])
        self.rises(name, "requests", sum(model["requests_total"].values()))

    def rises(self, name, what, value):
        if value < self.totals.get((name, what), 0):
            self.say(f"{name}: {what} fell from {self.totals[name, what]} to {value}")
        self.totals[name, what] = value

    def note_findings(self, findings):
        for finding in findings:
            self.findings.setdefault(finding["id"], finding["sentence"])
            if finding["id"] == CONTRADICTION:
                self.say(f"finding: {finding}")

    def follow_stream(self):
        """Its ids ascend, and it does not end before the watch does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.endpoint.port, timeout=ANSWER_SECONDS_MAX)
        fields = {"Authorization": f"Bearer {self.endpoint.token}"}
        last, snapshots = 0, 0
        try:
            connection.request("GET", "/api/v1/stream", headers=fields)
            answer = connection.getresponse()
            while not self.ending.is_set():
                line = answer.readline().decode("utf-8")
                if not line:
                    self.say("the stream ended")
                    return
                if line.startswith("id: "):
                    if int(line[4:]) <= last:
                        self.say(f"the stream goes from {last} to {line[4:]}")
                    last = int(line[4:])
                elif line.startswith("data: "):
                    snapshots += len(json.loads(line[6:])["models"]) > 0
        except (OSError, ValueError) as error:
            self.say(f"the stream: {error} after {snapshots} snapshots")
        finally:
            connection.close()
            print(f"   {snapshots} snapshots streamed")


def main():
    watch = Watch(Endpoint(int(sys.argv[1]), token_of(sys.argv[2])))
    signal.signal(signal.SIGTERM, lambda *_: watch.ending.set())
    stream = threading.Thread(target=watch.follow_stream)
    stream.start()
    while not watch.ending.wait(0.5):
        try:
            watch.look()
        except Wrong as error:
            watch.say(str(error))
    stream.join()
    watch.endpoint.print_times()
    for name, sentence in sorted(watch.findings.items()):
        print(f"   finding {name}: {sentence}")
    print(f"{watch.pictures} pictures, {len(watch.wrong)} wrong")
    sys.exit(1 if watch.wrong or not watch.pictures else 0)


if __name__ == "__main__":
    main()
