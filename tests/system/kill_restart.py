"""Kills the service at random moments while files are uploaded and replaced on every listener.

usage: kill_restart.py EXECUTABLE CONFIG BASE ROOT KILLS SEED

After each kill the service is started again, and then: every file is the old or the new one, whole;
every interrupted upload can be resumed and holds no less than was acknowledged; no temporary file
is left but those of unfinished uploads; and the log tells of the kill. `wine` must be ready to be used. BASE is the port of the
admin endpoint; those of the listeners follow it.
"""

import glob
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

from kill_http import Client
from kill_uploads import DraftWorker, PlainWorker, TusWorker, Wrong

MODELS = ("device", "event", "apc", "asio")
READY_SECONDS_MAX = 90
UNDER_FIRE_SECONDS_MAX = 0.8  # from the first request to the kill
ID = re.compile(r"\.overlap-([0-9a-f]{32})$")


class Service:
    def __init__(self, executable, config, base):
        self.command = ["wine", executable, "--console", "--until-stdin-closes", "--config", config]
        self.base = base
        self.process = None
        self.log = open("service.log", "ab")

    def start(self):
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def wait_until_ready(self):
        end = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Wrong(f"the service ended while starting: {self.process.returncode}")
            try:
                if Client(self.base).request("GET", "/readyz").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise Wrong(f"the service was not ready within {READY_SECONDS_MAX} s")

    def wait_until_told(self, crashes):
        """The start after a kill says that the run before did not come to its end."""
        end = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < end:
            with open("service.log", "rb") as file:
                if file.read().count(b"did not come to its end") >= crashes:
                    return
            time.sleep(0.02)
        raise Wrong(f"the log tells of fewer than {crashes} crashes")

    def kill(self):
        # Debian's `wine` becomes the Windows program by exec; Wine has no other process for it.
        with open(f"/proc/{self.process.pid}/cmdline", "rb") as file:
            if os.path.basename(self.command[1]).encode() not in file.read():
                raise Wrong("the process is not the service: this test would kill the wrong one")
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def stop(self):
        self.process.stdin.close()
        status = self.process.wait(READY_SECONDS_MAX)
        if status != 0:
            raise Wrong(f"the service stopped with status {status}")
        self.process = None

    def end(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process = None
        end = time.monotonic() + READY_SECONDS_MAX
        for port in range(self.base, self.base + 1 + len(MODELS)):
            while self.is_open(port):
                if time.monotonic() > end:
                    raise Wrong(f"port {port} is open after the kill")
                time.sleep(0.01)

    @staticmethod
    def is_open(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return True
        except OSError:
            return False


class Fire:
    """The workers at work, until the kill or a mistake of the service."""

    def __init__(self, workers):
        self.killed = threading.Event()
        self.mistakes = []
        self.workers = workers
        self.threads = [threading.Thread(target=self.work, args=(each,)) for each in workers]

    def work(self, worker):
        try:
            while not self.killed.is_set():
                worker.step()
        except OSError as error:
            if not self.killed.is_set():
                self.mistakes.append(f"{worker.folder}: {error!r} before the kill")
        except Wrong as error:
            self.mistakes.append(f"{worker.folder}: {error}")
        except Exception:
            self.mistakes.append(traceback.format_exc())

    def run(self, service, seconds):
        for thread in self.threads:
            thread.start()
        time.sleep(seconds)
        self.killed.set()
        service.kill()
        for worker, thread in zip(self.workers, self.threads):
            # Wine's server may keep a socket of the dead process open: nobody would ever answer.
            while thread.is_alive():
                worker.client.break_off()
                thread.join(0.05)
        return self.mistakes


def left_over(root):
    """Temporary files that no unfinished upload owns."""
    owned = {
        os.path.basename(name)[: -len(".upload")]
        for name in glob.glob(os.path.join(root, ".overlap-uploads", "*.upload"))
    }
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            match = ID.match(name)
            if match and match[1] not in owned:
                found.append(os.path.join(folder, name))
    return found


def check(workers, root):
    mistakes = []
    for worker in workers:
        try:
            worker.check()
        except Wrong as error:
            mistakes.append(f"{worker.folder}: {error}")
            worker.give_up()
    for file in left_over(root):
        mistakes.append(f"left over: {file}")
    return mistakes


def summary(workers):
    total = {}
    for worker in workers:
        for what, count in worker.counts.items():
            key = f"{worker.kind}: {what}"
            total[key] = total.get(key, 0) + count
    return total


def main():
    executable, config, base, root, kills, seed = sys.argv[1:]
    base, kills = int(base), int(kills)
    print(f"seed {seed}, {kills} kills", flush=True)
    chance = random.Random(seed)
    workers = [
        kind(model, base + 1 + index, root, random.Random(f"{seed} {kind.kind} {model}"))
        for index, model in enumerate(MODELS)
        for kind in (PlainWorker, TusWorker, DraftWorker)
    ]
    service = Service(executable, config, base)
    failed = 0
    try:
        service.start()
        service.wait_until_ready()
        for number in range(1, kills + 1):
            seconds = chance.uniform(0, UNDER_FIRE_SECONDS_MAX)
            mistakes = Fire(workers).run(service, seconds)
            if chance.random() < 0.1:  # the start that cleans up is killed as well
                service.start()
                time.sleep(chance.uniform(0, UNDER_FIRE_SECONDS_MAX))
                service.end()
            service.start()
            service.wait_until_ready()
            service.wait_until_told(number)
            mistakes += check(workers, root)
            failed += 1 if mistakes else 0
            verdict = "not ok" if mistakes else "ok"
            print(f"{verdict} kill {number} after {seconds:.3f} s", flush=True)
            for mistake in mistakes:
                print(f"    {mistake}", flush=True)
        for worker in workers:
            worker.finish()
        service.stop()
    finally:
        service.end()
    outcomes = summary(workers)
    for what, count in sorted(outcomes.items()):
        print(f"{count:6} {what}")
    for what in ("plain: the old file", "plain: the new file", "tus: resumed", "draft: resumed"):
        if kills >= 50 and what not in outcomes:
            print(f"not ok no kill led to this: {what}")
            failed += 1
    print(f"{100 * (kills - failed) // kills}% tests passed, {failed} tests failed out of {kills}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
