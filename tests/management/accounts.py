"""After the load: whether everything that was done stands in the books, and nothing is left behind.

usage: accounts.py PORT TOKEN_FILE FOLDER

FOLDER has what transfers.py and transitions.py wrote (transfers*.jsonl, refusing*.jsonl), the state
of the service before the load (before.json) and its log (state/service.log).
"""

import collections
import glob
import json
import sys
import urllib.parse

from endpoint import MODELS, Endpoint, Records, Wrong, token_of, wait_until

# What may be more than before the load, once every listener has begun anew: the endpoint keeps the threads that it has
# once needed, 32 at most.
THREADS_MORE_MAX = 32
HANDLES_MORE_MAX = 150
AROUND = 3  # times that each listener goes through all models then
LEFT_SECONDS_MAX = 30
LATE_SECONDS = 2  # clocks of two programs, and answers that were under way


class Books:
    def __init__(self, endpoint, folder):
        self.endpoint = endpoint
        self.folder = folder
        self.wrong = 0
        self.sent = [record for path in sorted(glob.glob(f"{folder}/transfers*.jsonl")) for record in Records.read(path)]
        self.changing = [record for path in glob.glob(f"{folder}/refusing*.jsonl") for record in Records.read(path)]

    def check(self, what, right, seen=""):
        print(f"{'ok' if right else 'not ok'} {what}" + ("" if right else f": {seen}"), flush=True)
        self.wrong += not right

    # ---- nothing is left

    def models(self):
        return self.endpoint.get("/api/v1/models")["models"]

    def left(self):
        """What is still open or in flight, as text; empty once all is quiet."""
        things = []
        for listener in self.endpoint.get("/api/v1/listeners")["listeners"]:
            if listener["state"] != "running" or listener["connections"]["current"] or listener["former_models"]:
                things.append(listener)
        for model in self.models():
            busy = {kind: count for kind, count in model["queue"]["in_flight"].items() if kind not in ("accept", "total")}
            if any(busy.values()) or model["connections"]["open"] or not model["consistent"]:
                things.append({"name": model["name"], "in_flight": busy, "connections": model["connections"]})
        things += self.endpoint.get("/api/v1/connections")["connections"]
        things += self.endpoint.get("/api/v1/transfers")["transfers"]
        if self.endpoint.get("/api/v1/service")["journal"]["waiting"]:
            things.append("the journal has not written everything")
        return json.dumps(things) if things else ""

    def nothing_left(self):
        try:
            wait_until("everything has ended", lambda: not self.left())
            self.check("no connection, operation, transfer or former model is left", True)
        except Wrong:
            self.check("no connection, operation, transfer or former model is left", False, self.left()[:2000])

    def once_around(self):
        """Each listener leaves its threads behind, so that they are those of an idle service again."""
        for listener in self.endpoint.get("/api/v1/listeners")["listeners"]:
            home = listener["model"]
            for model in MODELS[MODELS.index(home) + 1 :] + MODELS[: MODELS.index(home) + 1]:
                self.endpoint.post(f"/api/v1/listeners/{listener['name']}/model", {"model": model})

    def back_to_the_start(self):
        """Threads and handles: those of the endpoint may have become more, but changes leave none behind."""
        with open(f"{self.folder}/before.json", encoding="utf-8") as file:
            before = json.load(file)["process"]

        def now():
            return self.endpoint.get("/api/v1/service")["process"]

        for what, more in (("threads", THREADS_MORE_MAX), ("handles", HANDLES_MORE_MAX)):
            self.once_around()
            self.reaches(f"{what} are about as many as at the start", what, before[what] + more, now)
            level = now()[what]
            for _ in range(AROUND):
                self.once_around()
            self.reaches(f"{AROUND * len(MODELS)} changes of each listener leave no {what} behind", what, level, now)
            print(f"   {what}: {before[what]} at the start, {now()[what]} now")
        print(f"   private bytes {before['memory_bytes']}, now {now()['memory_bytes']}; {now()['cpu_seconds']:.0f} s of processor")

    def reaches(self, text, what, most, now):
        try:
            wait_until(text, lambda: now()[what] <= most, LEFT_SECONDS_MAX)
            self.check(text, True)
        except Wrong:
            self.check(text, False, f"{now()[what]}, at most {most}")

    # ---- the journal

    def rows_and_requests(self):
        journal = self.endpoint.get("/api/v1/service")["journal"]
        requests = sum(sum(model["requests_total"].values()) for model in self.models())
        booked = journal["written_total"] + journal["dropped_total"]
        self.check("every request is in the journal, or counted as dropped", booked == requests, f"{booked} of {requests}")
        self.check("the journal writes", journal["problem"] is None, journal["problem"])
        print(f"   {requests} requests, {journal['dropped_total']} dropped, {journal['file_bytes'] >> 20} MiB")
        return journal["dropped_total"]

    def every_transfer_once(self, dropped):
        """The requests that had an answer, each once with what it moved; and none of the others."""
        wanted = collections.defaultdict(list)
        for record in self.sent:
            path = urllib.parse.urlsplit(record["url"])
            target = path.path + (f"?{path.query}" if path.query else "")
            wanted[record["method"], target].append(record)
        rows = collections.defaultdict(list)
        for query in ("path=/t/", "path=/.overlap-uploads/"):
            for row in self.endpoint.finished(query):
                rows[row["method"], row["path"]].append(row)
        differences, compared = [], 0
        for key, records in wanted.items():
            began = [record for record in records if record["result"] != "not begun"]
            if len(rows[key]) != len(began):
                differences.append(f"{key}: {len(began)} requests, rows {rows[key]}, records {records}")
            for record, row in zip(began, reversed(rows[key])):
                compared += 1
                if record["result"] == "done" and not self.same(record, row):
                    differences.append(f"{record} is in the journal as {row}")
        for key in set(rows) - set(wanted):
            differences.append(f"nobody asked for {rows[key]}")
        for difference in differences[:10]:
            print(f"   {difference[:1000]}")
        right = len(differences) <= dropped and compared > 0
        self.check(f"each of {compared} requests of the transfers is in the journal once, as it was", right, len(differences))

    @staticmethod
    def same(record, row):
        return (
            (row["status"], row["result"], row["listener"]) == (record["status"], "done", record["listener"])
            and row["bytes_received"] == record["sent"]
            and row["bytes_sent"] == (record["received"] if record["method"] == "GET" else row["bytes_sent"])
        )

    # ---- who was refused, and why

    def refused_only_when_told(self):
        """Each request that did not begin fell into a change of its listener that refuses some."""
        spans = [record for record in self.changing if "why" in record]
        amiss = []
        not_begun = [record for record in self.sent if record["result"] == "not begun"]
        first = min((span["began"] for span in spans), default=0)
        for record in not_begun:
            if record["began"] < first:
                continue  # other programs were changing the service
            if not any(
                span["listener"] == record["listener"]
                and span["began"] - LATE_SECONDS <= record["ended"]
                and record["began"] <= span["ended"] + LATE_SECONDS
                for span in spans
            ):
                amiss.append(record)
        for record in amiss[:10]:
            print(f"   {record}")
        self.check(f"{len(not_begun)} requests did not begin, all amid a pause, a drain or a leave of asio", not amiss, len(amiss))

    def changes_are_audited(self):
        asked = sum(record.get("changes", 0) for record in self.changing)
        with open(f"{self.folder}/state/service.log", encoding="utf-8", errors="replace") as file:
            lines = [line for line in file if " asked the management endpoint for " in line]
        self.check(f"each of {asked} changes is an audit record", len(lines) >= asked, len(lines))

    def findings(self):
        """Without load none is an error, once the seconds that they are about are over."""
        def found():
            return self.endpoint.get("/api/v1/findings")["findings"]

        try:
            wait_until("no finding is an error", lambda: all(one["severity"] != "error" for one in found()), LEFT_SECONDS_MAX)
            self.check("no finding is an error", True)
        except Wrong:
            self.check("no finding is an error", False, found())


def main():
    books = Books(Endpoint(int(sys.argv[1]), token_of(sys.argv[2])), sys.argv[3])
    books.nothing_left()
    books.every_transfer_once(books.rows_and_requests())
    books.refused_only_when_told()
    books.changes_are_audited()
    books.findings()
    books.back_to_the_start()
    sys.exit(1 if books.wrong else 0)


if __name__ == "__main__":
    main()
