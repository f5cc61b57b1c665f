"""Moves a large file through every listener by curl, again and again, until it is told to end (SIGTERM).

usage: transfers.py SERVED PAYLOAD RECORDS NAME=URL... [--ca FILE]

On each listener there are always a download, an upload by PUT and a resumable upload (tus, in two
requests) under way, each request over a connection of its own. What arrived is compared by SHA-256.

A request that has begun must succeed at the first try. One that never began is made again: the port
is closed (drained), 503 is the answer (paused), or the connection ends without a byte of an answer
because it was not accepted any more. Whether such a request had in truth begun is for accounts.py
to say: the journal would have it. RECORDS gets a line for each request.

Ends with status 1 if a transfer was lost or damaged.
"""

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time

from endpoint import Records

REQUEST_SECONDS_MAX = 240
TRIES_MAX = 600  # of a request that does not begin, 0.2 s apart
CURL_TIMED_OUT = 28


def sum_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Load:
    def __init__(self, options):
        self.served = options.served
        self.payload = options.payload
        self.bytes = os.path.getsize(options.payload)
        self.sum = sum_of(options.payload)
        self.halves = [f"{options.payload}.{i}" for i in range(2)]
        with open(self.payload, "rb") as file:
            for path in self.halves:
                with open(path, "wb") as half:
                    half.write(file.read(self.bytes // 2))
        self.records = Records(options.records)
        self.ca = options.ca
        self.ending = threading.Event()
        self.lost = 0
        self.moved = 0

    def curl(self, record, *arguments, sink=subprocess.DEVNULL):
        """One request: fills in what came of it."""
        command = ["curl", "--silent", "--show-error", "--max-time", str(REQUEST_SECONDS_MAX)]
        command += ["--expect100-timeout", str(REQUEST_SECONDS_MAX), *arguments]
        command += ["--write-out", "%{stderr}\n%{http_code} %{size_upload} %{size_download} %header{location}"]
        if self.ca:
            command += ["--cacert", self.ca]
        record["began"] = time.time()
        # A group of its own: a Ctrl-C must not break transfers off.
        process = subprocess.Popen(
            command + [record["url"]], stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.PIPE, process_group=0
        )
        digest = hashlib.sha256()
        if sink == subprocess.PIPE:
            while chunk := process.stdout.read(1 << 20):
                digest.update(chunk)
        said = process.stderr.read().decode().strip("\n").split("\n")
        status, sent, received, *location = said[-1].split(" ")
        record.update(ended=time.time(), exit=process.wait(), status=int(status), said=" ".join(said[:-1]))
        record.update(sent=int(sent), received=int(received), location=location[0] if location else "")
        return digest.hexdigest()

    def request(self, name, kind, method, url, wanted, *arguments, **more):
        """Until it has begun. Its record if it succeeded, else none."""
        for number in range(TRIES_MAX):
            record = {"listener": name, "kind": kind, "method": method, "url": url.replace("TRY", str(number))}
            digest = self.curl(record, *arguments, **more)
            if record["status"] == 503 or (record["status"] == 0 and record["exit"] != CURL_TIMED_OUT):
                record["result"] = "not begun"
                self.records.write(record)
                time.sleep(0.2)
                continue
            right = record["status"] == wanted and record["exit"] == 0
            if more and right:
                right = digest == self.sum
            record["result"] = "done" if right else "lost"
            self.records.write(record)
            if right:
                return record
            return self.lose(record)
        return self.lose(record)

    def lose(self, record):
        self.lost += 1
        print(f"LOST: {record}", flush=True)

    def compare(self, record, path):
        if not os.path.exists(path) or sum_of(path) != self.sum:
            self.records.write({**record, "result": "damaged"})
            return self.lose({**record, "damaged": path, "bytes": os.path.exists(path) and os.path.getsize(path)})
        os.remove(path)
        self.moved += self.bytes
        return record

    def download(self, name, origin, number):
        target = f"{origin}/t/large.bin?{name}-{number}-TRY"
        if self.request(name, "download", "GET", target, 200, "--output", "-", sink=subprocess.PIPE):
            self.moved += self.bytes

    def upload(self, name, origin, number):
        file = f"{name}-{number}.bin"
        record = self.request(
            name, "upload", "PUT", f"{origin}/t/{file}?TRY", 201, "--upload-file", self.payload, "--header",
            "Expect: 100-continue",
        )
        if record:
            self.compare(record, f"{self.served}/t/{file}")

    def resumable(self, name, origin, number):
        file = f"{name}-{number}-resumed.bin"
        version = ("--header", "Tus-Resumable: 1.0.0")
        record = self.request(
            name, "create", "POST", f"{origin}/t/{file}?TRY", 201, *version, "--request", "POST", "--header",
            f"Upload-Length: {self.bytes}",
        )
        if not record:
            return
        place = record["location"]
        if place.startswith("/"):
            place = origin + place
        for offset, part in zip((0, self.bytes // 2), self.halves):
            record = self.request(
                name, "resumable", "PATCH", place, 204, *version, "--request", "PATCH", "--upload-file", part,
                "--header", f"Upload-Offset: {offset}", "--header", "Expect: 100-continue", "--header",
                "Content-Type: application/offset+octet-stream",
            )
            if not record:
                return
        self.compare(record, f"{self.served}/t/{file}")

    def keep_on(self, work, name, origin):
        number = 0
        while not self.ending.is_set():
            number += 1
            work(name, origin, number)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("served")
    parser.add_argument("payload")
    parser.add_argument("records")
    parser.add_argument("listener", nargs="+")
    parser.add_argument("--ca")
    options = parser.parse_args()
    load = Load(options)
    signal.signal(signal.SIGTERM, lambda *_: load.ending.set())
    threads = []
    for listener in options.listener:
        name, origin = listener.split("=", 1)
        for work in (load.download, load.upload, load.resumable):
            threads.append(threading.Thread(target=load.keep_on, args=(work, name, origin)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{load.moved >> 20} MiB moved whole, {load.lost} transfers lost")
    sys.exit(1 if load.lost else 0)


if __name__ == "__main__":
    main()
