"""Provokes findings of a running service for real: each must appear, say what it should, and go again.

usage: findings.py PORT TOKEN_FILE FOLDER USER_TOKEN [NAME...]    all findings, or those of these names

The listeners are those of findings.sh, at the ports after PORT in the order of LISTENERS. FOLDER has
served/, whose volume is filled if the file small-volume is beside it.
"""

import concurrent.futures
import http.client
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time

from endpoint import Endpoint, Wrong, token_of, wait_until

LISTENERS = ("slots", "full", "addresses", "uneven", "moved", "tls")
PATIENCE_SECONDS = 60


class Ground:
    def __init__(self, port, token_file, folder, user_token):
        self.endpoint = Endpoint(port, token_of(token_file))
        self.port = port
        self.folder = folder
        self.user_token = user_token

    def told(self, event, after):
        """The events with that id since the record `after`."""
        page = self.endpoint.get(f"/api/v1/events?limit=1000&after={after}")
        return [one for one in page["events"] if one["id"] == event]

    def newest_record(self):
        newest = self.endpoint.get("/api/v1/events?limit=1&newest=true")["events"]
        return newest[0]["sequence"] if newest else 0

    def port_of(self, listener):
        return self.port + 1 + LISTENERS.index(listener)

    def connect(self, listener):
        return socket.create_connection(("127.0.0.1", self.port_of(listener)), timeout=PATIENCE_SECONDS)

    def connected(self, listener, count):
        """So many connections that ask for nothing; known to the service."""
        held = [self.connect(listener) for _ in range(count)]
        self.wait_for_connections(listener, count)
        return held

    def wait_for_connections(self, listener, count):
        path = f"/api/v1/listeners/{listener}"
        wait_until(f"{count} connections of {listener}", lambda: self.endpoint.get(path)["connections"]["current"] == count)

    def find(self, name, listener=None):
        found = self.endpoint.get("/api/v1/findings")["findings"]
        return next((one for one in found if one["id"] == name and listener in (None, one["listener"])), None)

    def request(self, listener, method, target, fields=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port_of(listener), timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, target, body, fields or {})
            return connection.getresponse().status
        finally:
            connection.close()

    def as_user(self, **fields):
        return {"Authorization": f"Bearer {self.user_token}", **fields}

    def repeat(self, act):
        """Does it again and again on a thread; returns what ends that."""
        ending = threading.Event()

        def loop():
            while not ending.wait(0.05):
                try:
                    act()
                except OSError:
                    pass

        thread = threading.Thread(target=loop)
        thread.start()

        def end():
            ending.set()
            thread.join()

        return end


# ---- each provokes, and returns what relieves. The names are those of the findings.


def wait_slots_nearly_used(ground):
    held = ground.connected("slots", 52)  # of 63 that its one thread can have
    return lambda: [one.close() for one in held]


def listener_nearly_full(ground):
    held = ground.connected("full", 9)  # of 10
    return lambda: [one.close() for one in held]


def connections_refused(ground):
    held = [ground.connect("full") for _ in range(13)]
    return lambda: [one.close() for one in held]


def connections_refused_for_address(ground):
    held = [ground.connect("addresses") for _ in range(4)]  # 2 at most
    return lambda: [one.close() for one in held]


def connections_unevenly_spread(ground):
    held = []
    for count in range(48):  # one after another they go to its 4 threads in turn
        held.append(ground.connect("uneven"))
        ground.wait_for_connections("uneven", count + 1)
    for i, one in enumerate(held):
        if i % 4:
            one.close()
    return lambda: [one.close() for one in held]


def unauthorized_many(ground):
    ends = [ground.repeat(lambda: ground.request("uneven", "DELETE", "/nothing")) for _ in range(4)]
    return lambda: [end() for end in ends]


def server_errors_many(ground):
    fields = ground.as_user(**{"Tus-Resumable": "1.0.0", "Upload-Length": "10"})
    return ground.repeat(lambda: ground.request("uneven", "POST", "/unfinished", fields))  # one at most


def pauses_many(ground):
    """Downloads that would be faster than a connection may be."""
    url = f"http://127.0.0.1:{ground.port_of('uneven')}/large.bin"
    ends = [
        ground.repeat(lambda: subprocess.run(["curl", "--silent", "--output", "/dev/null", "--max-time", "20", url], check=False))
        for _ in range(16)
    ]
    return lambda: [end() for end in ends]


def fill(ground, left):
    path = f"{ground.folder}/served/filling"
    free = shutil.disk_usage(f"{ground.folder}/served").free
    with open(path, "ab") as file:
        file.write(bytes(max(free - left, 0)))
    return lambda: os.path.exists(path) and os.remove(path)


def disk_nearly_full(ground):
    return fill(ground, 2 << 20)  # of 64 MiB


def disk_full(ground):
    return fill(ground, 512 << 10)  # half of free_bytes_min


AUTHORITY = """[ca]
default_ca = itself
[itself]
database = {0}/index.txt
new_certs_dir = {0}
rand_serial = yes
default_md = sha256
policy = names
[names]
commonName = supplied
"""


def certificate(ground, days):
    """Puts one in place that ends in so many days, and returns what puts a good one there."""
    folder = f"{ground.folder}/authority-{days}"
    os.mkdir(folder)
    with open(f"{folder}/settings", "w", encoding="ascii") as file:
        file.write(AUTHORITY.format(folder))
    key, request = f"{folder}/key.pem", f"{folder}/request.pem"

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, stderr=subprocess.DEVNULL)

    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-subj", f"/CN=days{days}",
            "-keyout", key, "-out", request)

    def make(lasting):
        open(f"{folder}/index.txt", "w", encoding="ascii").close()
        ends = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + lasting * 86400))
        openssl("ca", "-batch", "-selfsign", "-config", f"{folder}/settings", "-in", request, "-keyfile", key, "-notext",
                "-startdate", "20200101000000Z", "-enddate", ends, "-out", f"{folder}/certificate.pem")
        for file in ("certificate.pem", "key.pem"):
            shutil.copy(f"{folder}/{file}", f"{ground.folder}/{file}.new")
            os.replace(f"{ground.folder}/{file}.new", f"{ground.folder}/{file}")

    make(days)
    return lambda: make(365)


def certificate_expires(ground):
    return certificate(ground, 20)


def certificate_expired(ground):
    return certificate(ground, -2)


def former_model_carries(ground):
    held = ground.connected("moved", 1)
    ground.endpoint.post("/api/v1/listeners/moved/model", {"model": "asio"})

    def relieve():
        held[0].close()
        wait_until("the former model is left", lambda: not ground.endpoint.get("/api/v1/listeners/moved")["former_models"])
        ground.endpoint.post("/api/v1/listeners/moved/model", {"model": "event"})

    return relieve


def listener_draining_long(ground):
    """An upload that goes on slowly, with no time at all for a drain."""
    uploading = ground.connect("full")
    head = f"PUT /slow.bin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ground.user_token}\r\nContent-Length: 9999999\r\n\r\n"
    uploading.sendall(head.encode())
    wait_until("the upload is under way", lambda: ground.endpoint.get("/api/v1/transfers?listener=full")["transfers"])
    end = ground.repeat(lambda: (uploading.sendall(bytes(100)), time.sleep(0.1)))
    ground.endpoint.post("/api/v1/listeners/full/drain")

    def relieve():
        end()
        uploading.close()
        ground.endpoint.post("/api/v1/listeners/full/resume")

    return relieve


def journal_not_writing(ground):
    """Another program holds the journal."""
    journal = sqlite3.connect(f"{ground.folder}/journal.db", timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
    journal.execute("BEGIN IMMEDIATE")
    end = ground.repeat(lambda: ground.request("addresses", "GET", "/small.bin"))

    def relieve():
        end()
        journal.execute("ROLLBACK")
        journal.close()

    return relieve


# At the same time, as far as one does not hide another: the figures of a model are those of all its listeners.
TOGETHER = (
    (wait_slots_nearly_used, listener_nearly_full, connections_refused_for_address,
     connections_unevenly_spread, certificate_expires),
    (connections_refused, unauthorized_many, server_errors_many, pauses_many, certificate_expired, former_model_carries),
    (listener_draining_long, disk_nearly_full),
    (journal_not_writing, disk_full),
)
NEED_VOLUME = (disk_nearly_full, disk_full)

# Those that are events: the id when it begins, and when it ends, if that is told.
EVENTS = {
    "certificate_expires": (45, None),
    "certificate_expired": (46, None),
    "disk_nearly_full": (80, 82),
    "disk_full": (81, 82),
}


def judge(finding):
    """What every finding must have."""
    if not (finding["sentence"] and finding["advice"] and finding["since"]):
        raise Wrong(f"says nothing: {finding}")
    falling = finding["unit"] in ("bytes", "days") or finding["id"].startswith("disk_")
    if finding["figure"] > finding["threshold"] if falling else finding["figure"] < finding["threshold"]:
        raise Wrong(f"its figure has not reached its threshold: {finding}")


def expect_event(ground, event, after):
    found = wait_until(f"the event {event}", lambda: ground.told(event, after))
    if len(found) != 1:
        raise Wrong(f"the event {event} was told {len(found)} times: {found}")
    print(f"ok event {event} is told once: {found[0]['text']}", flush=True)


def live_through(ground, provoke):
    """A line for its rise and its end, and for the events of both."""
    name = provoke.__name__
    beginning, end = EVENTS.get(name, (None, None))
    try:
        after = ground.newest_record()
        if ground.find(name):
            raise Wrong(f"is there before its cause: {ground.find(name)}")
        relieve = provoke(ground)
        try:
            finding = wait_until(f"the finding {name}", lambda: ground.find(name))
            judge(finding)
            print(f"ok {name} appears: {finding['severity']}: {finding['sentence']}", flush=True)
            if beginning:
                expect_event(ground, beginning, after)
            if end and ground.told(end, after):
                raise Wrong(f"its end, the event {end}, was told before it came")
        finally:
            relieve()
        wait_until("its end", lambda: not ground.find(name))
        print(f"ok {name} goes again", flush=True)
        if end:
            expect_event(ground, end, after)
        return True
    except (Wrong, OSError, subprocess.CalledProcessError, sqlite3.Error) as error:
        print(f"not ok {name}: {error}", flush=True)
        return False


def main():
    ground = Ground(int(sys.argv[1]), *sys.argv[2:5])
    names = sys.argv[5:]
    small_volume = os.path.exists(f"{ground.folder}/small-volume")
    good = True
    for some in TOGETHER:
        some = [one for one in some if small_volume or one not in NEED_VOLUME]
        some = [one for one in some if not names or one.__name__ in names]
        if not some:
            continue
        with concurrent.futures.ThreadPoolExecutor(len(some)) as all_at_once:
            good = all(list(all_at_once.map(lambda one: live_through(ground, one), some))) and good
    left = [one for one in ground.endpoint.get("/api/v1/findings")["findings"] if one["severity"] == "error"]
    print(f"{'not ok' if left else 'ok'} no error is left: {left}")
    sys.exit(0 if good and not left else 1)


if __name__ == "__main__":
    main()
