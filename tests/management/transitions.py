"""Changes a service in every way, again and again, while large transfers are under way.

usage: transitions.py PORT TOKEN_FILE FOLDER RECORDS SECONDS

FOLDER has what run.sh prepares: overlap.toml, served/small.bin, users.toml and users-more.toml (with
the user `later`), and the certificates tls/first-*.pem and tls/second-*.pem. Every listener goes
through a pause, all models and a drain, all at the same time; then the configuration is reloaded with other limits,
another listener, other users and another certificate, and with mistakes. This is repeated until the
seconds are over, a whole round at least. Before each change a transfer of its listener must be
under way in its middle. RECORDS gets a line for each time in which new requests may be refused.
"""

import base64
import concurrent.futures
import os
import re
import shutil
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request

from endpoint import MODELS, Endpoint, Records, Wrong, token_of, wait_until

LARGE_BYTES = 16 << 20  # a transfer of at least so much is one of transfers.py
PROBE_SECONDS_MAX = 60


class Changer:
    def __init__(self, port, token, folder, records):
        self.endpoint = Endpoint(port, token)
        self.port = port
        self.folder = folder
        self.config = f"{folder}/overlap.toml"
        with open(self.config, encoding="utf-8") as file:
            self.text = file.read()
        self.records = Records(records)
        self.guard = threading.Lock()
        self.amid = {}  # what was changed -> transfers that were in their middle
        self.small = open(f"{folder}/served/small.bin", "rb").read()

    # ---- looking

    def listener(self, name):
        return self.endpoint.get(f"/api/v1/listeners/{name}")

    def probe(self, listener):
        """The status of a small download over a new connection; 0 if there is none to be had."""
        scheme = "https" if listener["tls"] else "http"
        context = None
        if listener["tls"]:
            context = ssl.create_default_context(cafile=f"{self.folder}/tls/both.pem")
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # no authority has signed them
        try:
            url = f"{scheme}://127.0.0.1:{listener['port']}/small.bin"
            with urllib.request.urlopen(url, timeout=PROBE_SECONDS_MAX, context=context) as answer:
                if answer.read() != self.small:
                    raise Wrong(f"{url} has other bytes")
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def serves(self, listener, what):
        wait_until(f"{listener['name']} serves {what}", lambda: self.probe(listener) == 200)

    def is_closed(self, port):
        with socket.socket() as probe:
            probe.settimeout(PROBE_SECONDS_MAX)
            return probe.connect_ex(("127.0.0.1", port)) != 0

    def under_way(self, name):
        """Those of transfers.py that are in their middle: how far each is."""
        live = self.endpoint.get(f"/api/v1/transfers?limit=1000&listener={name}")["transfers"]
        return {
            (one["connection"], one["started"]): one["bytes"]
            for one in live
            if (one["bytes_total"] or 0) >= LARGE_BYTES and 0 < one["bytes"] < one["bytes_total"]
        }

    def wait_for_middle(self, name, change):
        transfers = wait_until(f"a transfer is under way on {name}", lambda: self.under_way(name))
        with self.guard:
            self.amid[change] = self.amid.get(change, 0) + len(transfers)
        return transfers

    def go_on(self, name, transfers):
        """Those that were under way get further, or have ended."""
        def one_has_moved():
            now = self.under_way(name)
            return any(now.get(key, LARGE_BYTES << 10) > moved for key, moved in transfers.items())

        wait_until(f"transfers of {name} go on", one_has_moved)

    def refusing(self, name, why, began):
        self.records.write({"listener": name, "why": why, "began": began, "ended": time.time()})

    # ---- a listener

    def pause(self, listener):
        name, began = listener["name"], time.time()
        transfers = self.wait_for_middle(name, "pause")
        answer = self.endpoint.post(f"/api/v1/listeners/{name}/pause")
        if answer["state"] != "paused":
            raise Wrong(f"{name} is {answer['state']} after a pause")
        # Past some refusals at once, and with TLS, the connection is just closed.
        wait_until(f"{name} refuses", lambda: self.probe(listener) in (503, 0))
        self.go_on(name, transfers)
        if self.endpoint.post(f"/api/v1/listeners/{name}/resume")["state"] != "running":
            raise Wrong(f"{name} does not run after a resume")
        self.serves(listener, "after a pause")
        self.refusing(name, "pause", began)

    def drain(self, listener, to_the_end):
        name, began = listener["name"], time.time()
        transfers = self.wait_for_middle(name, "drain")
        answer = self.endpoint.post(f"/api/v1/listeners/{name}/drain")
        if answer["state"] not in ("draining", "drained"):
            raise Wrong(f"{name} is {answer['state']} after a drain")
        wait_until(f"the port of {name} is closed", lambda: self.is_closed(listener["port"]))
        self.go_on(name, transfers)
        if to_the_end:
            wait_until(f"{name} is drained", lambda: self.listener(name)["state"] == "drained")
        if self.endpoint.post(f"/api/v1/listeners/{name}/resume")["state"] != "running":
            raise Wrong(f"{name} does not run after a resume")
        self.serves(listener, "after a drain")
        self.refusing(name, "drain", began)

    def switch(self, listener):
        """Through all models and back."""
        name, home, former = listener["name"], listener["model"], listener["model"]
        others = [model for model in MODELS if model != home]
        for model in [*others, home]:
            self.wait_for_middle(name, "switch")
            began = time.time()
            answer = self.endpoint.post(f"/api/v1/listeners/{name}/model", {"model": model})
            if answer["model"] != model or answer["state"] != "running":
                raise Wrong(f"{name} is {answer['state']} on {answer['model']} in place of {model}")
            self.serves(listener, f"on {model}")
            if former == "asio":  # under Wine its port is bound anew: decision 14
                self.refusing(name, "leaves asio", began)
            former = model

    # ---- the configuration

    def write_config(self, text):
        with open(self.config + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.config + ".new", self.config)

    def replace(self, file, by):
        shutil.copy(by, f"{self.folder}/{file}.new")
        os.replace(f"{self.folder}/{file}.new", f"{self.folder}/{file}")

    def edited(self, *changes):
        text = self.text
        for pattern, replacement in changes:
            text, count = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE)
            if count != 1:
                raise Wrong(f"the configuration has no {pattern}")
        return text

    def reload(self, text, changed):
        """Reloads, and holds what has changed against what should have."""
        for listener in self.endpoint.get("/api/v1/listeners")["listeners"]:
            if listener["name"] != "extra":
                self.wait_for_middle(listener["name"], "reload")
        self.write_config(text)
        answer = self.endpoint.post("/api/v1/config/reload")
        if sorted(answer["changed"]) != sorted(changed):
            raise Wrong(f"a reload changed {answer['changed']} in place of {changed}")

    def reload_refused(self, text, status, word):
        before = self.endpoint.get("/api/v1/config")
        self.write_config(text)
        answer = self.endpoint.post("/api/v1/config/reload", expect=status)
        if not any(word in problem for problem in answer["problems"]):
            raise Wrong(f"a reload that cannot be says {answer}, not {word}")
        if self.endpoint.get("/api/v1/config") != before:
            raise Wrong("a reload that was refused has changed something")

    def reload_limits(self):
        self.reload(
            self.edited((r"^chunk_bytes = \d+", "chunk_bytes = 65536"), (r"^connections_max = 2500", "connections_max = 2400")),
            ["limits.chunk_bytes", "listener.device.connections_max"],
        )
        config = self.endpoint.get("/api/v1/config")["config"]
        if config["limits"]["chunk_bytes"] != 65536 or self.listener("device")["connections"]["limit"] != 2400:
            raise Wrong(f"a reload says that it has changed what it has not: {config['limits']}")
        self.reload(self.text, ["limits.chunk_bytes", "listener.device.connections_max"])

    def reload_listeners(self):
        port = self.port + len(MODELS) + 2
        more = f'\n[[listener]]\nname = "extra"\nmodel = "apc"\nport = {port}\n'
        self.reload(self.text + more, ["listener.extra"])
        self.serves(self.listener("extra"), "once it is configured")
        self.reload(self.text, ["listener.extra"])
        wait_until("the port of extra is closed", lambda: self.is_closed(port))

    def log_in(self, listener, user):
        word = base64.b64encode(f"{user}:reading-room".encode()).decode()
        request = urllib.request.Request(f"http://127.0.0.1:{listener['port']}/small.bin")
        request.add_header("Authorization", f"Basic {word}")
        try:
            with urllib.request.urlopen(request, timeout=PROBE_SECONDS_MAX) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def reload_users(self):
        listener = self.listener("apc")
        if self.log_in(listener, "reader") != 200 or self.log_in(listener, "later") != 401:
            raise Wrong("the users are not those of the file")
        self.replace("users.toml", f"{self.folder}/users-more.toml")
        self.reload(self.text, [])
        if self.log_in(listener, "later") != 200:
            raise Wrong("a user who came with a reload cannot log in")
        self.replace("users.toml", f"{self.folder}/users-less.toml")
        self.reload(self.text, [])

    def reload_certificate(self, which):
        self.replace("tls/certificate.pem", f"{self.folder}/tls/{which}-certificate.pem")
        self.replace("tls/key.pem", f"{self.folder}/tls/{which}-key.pem")
        self.reload(self.text, [])
        with open(f"{self.folder}/tls/{which}-certificate.pem", encoding="ascii") as file:
            wanted = ssl.PEM_cert_to_DER_cert(file.read())
        address = ("127.0.0.1", self.listener("tls")["port"])

        def seen():
            return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(address, timeout=PROBE_SECONDS_MAX))

        wait_until("new connections see the new certificate", lambda: seen() == wanted)

    def reload_mistakes(self):
        self.reload_refused(self.edited((r"^chunk_bytes = \d+", "chunk_bytes = 1")), 422, "chunk_bytes")
        self.reload_refused(self.edited((r"^root = '.*'", r"root = 'C:\\elsewhere'")), 409, "store.root")
        self.reload_refused(self.text + "\n[[listener]]\n", 422, "model")
        self.write_config(self.text)

    # ---- all of it

    def go_through(self, listener, number):
        self.pause(listener)
        self.switch(listener)
        self.drain(listener, to_the_end=number == 0)

    def round(self, number):
        listeners = self.endpoint.get("/api/v1/listeners")["listeners"]
        with concurrent.futures.ThreadPoolExecutor(len(listeners)) as all_at_once:
            for done in [all_at_once.submit(self.go_through, listener, number) for listener in listeners]:
                done.result()
        self.reload_limits()
        self.reload_listeners()
        self.reload_users()
        self.reload_certificate("second")
        self.reload_mistakes()
        self.reload_certificate("first")


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[5])
    changer = Changer(port, token_of(sys.argv[2]), sys.argv[3], sys.argv[4])
    end, rounds = time.monotonic() + seconds, 0
    try:
        while rounds == 0 or time.monotonic() < end:
            changer.round(rounds)
            rounds += 1
    except Wrong as error:
        print(f"WRONG: {error}")
        sys.exit(1)
    finally:
        changer.records.write({"changes": changer.endpoint.changes})
        print(f"   {rounds} rounds, {changer.endpoint.changes} changes amid transfers: {changer.amid}")


if __name__ == "__main__":
    main()
