"""What is under way on each listener when the service is killed, and what must hold afterwards."""

import base64
import hashlib
import os

from kill_http import Client, Sending

UPLOAD_BYTES_MAX = 3_000_000


class Wrong(Exception):
    """The service has done what it must not do."""


def digest_of(content):
    return hashlib.sha256(content).hexdigest()


def digest_of_file(file):
    try:
        with open(file, "rb") as stream:
            return digest_of(stream.read())
    except FileNotFoundError:
        return None


def demand(holds, text):
    if not holds:
        raise Wrong(text)


class Worker:
    def __init__(self, model, port, root, random):
        self.model = model
        self.client = Client(port)
        self.folder = f"{self.kind}-{model}"
        self.root = os.path.join(root, self.folder)
        self.random = random
        self.counts = {}
        os.makedirs(self.root, exist_ok=True)

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def content(self):
        # Many are short, so that kills hit every step of a request and not only its body.
        size = int(UPLOAD_BYTES_MAX * self.random.random() ** 3)
        return self.random.randbytes(size)

    def pause(self):
        return self.random.random() * 0.01 if self.random.random() < 0.5 else None

    def file(self, name):
        return os.path.join(self.root, name)

    def path(self, name):
        return f"/{self.folder}/{name}"

    def call(self, method, path, *args, **options):
        return self.client.request(method, path, *args, **options)


class PlainWorker(Worker):
    """Replaces and deletes two files by turns. Each is what it was or what it was to be."""

    kind = "plain"

    def __init__(self, *args):
        super().__init__(*args)
        self.known = {"one.bin": None, "two.bin": None}  # digest; None: there is none
        self.wanted = None  # of the request under way: name, digest

    def step(self):
        name = self.random.choice(list(self.known))
        if self.known[name] and self.random.random() < 0.1:
            self.wanted = (name, None)
            response = self.call("DELETE", self.path(name))
            demand(response.status == 204, f"DELETE was answered with {response.status}")
        else:
            content = self.content()
            self.wanted = (name, digest_of(content))
            response = self.call("PUT", self.path(name), body=content, pause=self.pause())
            status = 204 if self.known[name] else 201
            demand(response.status == status, f"PUT was answered with {response.status}")
        self.known[name] = self.wanted[1]
        self.wanted = None

    def check(self):
        for name, old in self.known.items():
            seen = digest_of_file(self.file(name))
            interrupted = self.wanted and self.wanted[0] == name
            new = self.wanted[1] if interrupted else old
            demand(seen in (old, new), f"{name} is neither the old nor the new file")
            if interrupted:
                self.count("the old file" if seen == old else "the new file")
            self.known[name] = seen
            response = self.call("GET", self.path(name))
            shown = digest_of(response.body) if response.status == 200 else None
            demand(shown == seen, f"GET {name}: {response.status} shows another file")
        self.wanted = None

    def give_up(self):
        self.wanted = None
        self.known = {name: digest_of_file(self.file(name)) for name in self.known}

    def finish(self):
        pass


class ResumableWorker(Worker):
    """Uploads over a file that is there, in steps, each of which may be the last before a kill."""

    def __init__(self, *args):
        super().__init__(*args)
        self.name = "file.bin"
        self.old = None  # digest of the file that the upload is to replace
        self.forget()

    def forget(self):
        self.upload = None  # content
        self.location = None
        self.acknowledged = 0  # bytes that the service has said that it has
        self.given = 0  # bytes that it may have
        self.sending = Sending()

    def step(self):
        if self.upload is None:
            self.upload = self.content() + b"."
            self.create()
            return
        rest = len(self.upload) - self.acknowledged
        whole = rest == 0 or self.random.random() < 0.5
        count = rest if whole else self.random.randint(1, rest)
        self.append(self.acknowledged, count)

    def append(self, offset, count):
        last = offset + count == len(self.upload)
        piece = self.upload[offset : offset + count]
        self.given = offset
        self.sending = Sending()
        fields = {**self.append_fields(last), "Upload-Offset": offset}
        response = self.call(
            "PATCH", self.location, fields, piece, pause=self.pause(), sending=self.sending
        )
        self.taken(response, offset + count)

    def taken(self, response, offset):
        answer = f"answered with {response.status} {response.fields} {response.body}"
        demand(response.status in (201, 204), answer)
        if "upload-offset" in response.fields:
            demand(response.number("upload-offset") == offset, answer)
        self.acknowledged = self.given = offset
        self.sending = Sending()
        if offset == len(self.upload):
            self.completed()

    def completed(self):
        demand(self.seen() == digest_of(self.upload), "what was uploaded is not what is there")
        self.old = self.seen()
        self.count("completed")
        self.forget()

    def seen(self):
        return digest_of_file(self.file(self.name))

    def check(self):
        if self.upload is None:
            return
        new = digest_of(self.upload)
        seen = self.seen()
        demand(seen in (self.old, new), f"{self.name} is neither the old nor the new file")
        if self.location is None:  # killed before its address was told
            self.count("never heard of")
            self.old = seen
            self.forget()
            return
        state = self.query()
        if state is None:
            demand(seen == new, "an interrupted upload is gone")
            self.completed()
            return
        offset = state.number("upload-offset")
        if self.is_complete(state):  # the query itself may have completed it
            demand(self.seen() == new, "said to be complete, but the file is not there")
            self.completed()
        else:
            most = self.given + self.sending.bytes
            demand(
                self.acknowledged <= offset <= most,
                f"holds {offset} bytes; {self.acknowledged} were acknowledged, {most} sent",
            )
            demand(seen == self.old, "the file is there before its upload is complete")
            self.count("resumed")
            self.acknowledged = self.given = offset
            self.sending = Sending()
            if self.random.random() < 0.5:  # else the next kill finds it again
                self.append(offset, len(self.upload) - offset)

    def query(self):
        response = self.call("HEAD", self.location, self.query_fields)
        if response.status == 404:
            return None
        demand(response.status in (200, 204), f"HEAD was answered with {response.status}")
        demand(response.number("upload-length") == len(self.upload), "another length is remembered")
        return response

    def give_up(self):
        self.old = digest_of_file(self.file(self.name))
        self.forget()

    def finish(self):
        while self.upload is not None and self.location is not None:
            self.append(self.acknowledged, len(self.upload) - self.acknowledged)


class TusWorker(ResumableWorker):
    kind = "tus"
    query_fields = {"Tus-Resumable": "1.0.0"}

    def append_fields(self, last):
        return {**self.query_fields, "Content-Type": "application/offset+octet-stream"}

    def is_complete(self, state):
        # What a tus client goes by: it would send nothing more.
        return state.number("upload-offset") == len(self.upload)

    def create(self):
        name = base64.b64encode(self.name.encode()).decode()
        fields = {
            **self.query_fields,
            "Upload-Length": len(self.upload),
            "Upload-Metadata": f"filename {name}",
        }
        response = self.call("POST", f"/{self.folder}/", fields)
        demand(response.status == 201, f"POST was answered with {response.status} {response.body}")
        self.location = response.fields["location"]


class DraftWorker(ResumableWorker):
    kind = "draft"
    query_fields = {"Upload-Draft-Interop-Version": "8"}

    def append_fields(self, last):
        return {
            **self.query_fields,
            "Content-Type": "application/partial-upload",
            "Upload-Complete": "?1" if last else "?0",
        }

    def is_complete(self, state):
        return state.fields["upload-complete"] == "?1"

    def create(self):
        whole = self.random.random() < 0.5
        count = len(self.upload) if whole else self.random.randint(0, len(self.upload) - 1)
        fields = {
            **self.query_fields,
            "Upload-Complete": "?1" if whole else "?0",
            "Upload-Length": len(self.upload),
        }
        response = self.call(
            "PUT",
            self.path(self.name),
            fields,
            self.upload[:count],
            pause=self.pause(),
            sending=self.sending,
            interim=self.announced,
        )
        self.taken(response, count)

    def announced(self, response):
        demand(response.status == 104, f"PUT was answered with {response.status} {response.body}")
        self.location = response.fields["location"]
