"""The HTTP that the kill test speaks: one request at a time, and what came of it until the end."""

import socket
import time

SECONDS_MAX = 90


class Response:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    def number(self, name):
        return int(self.fields[name])


class Sending:
    """How much of a request's body has been handed to the network so far."""

    def __init__(self):
        self.bytes = 0


def read_response(stream, method):
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ConnectionError("the connection ended without a response")
    status = int(line.split()[1])
    fields = {}
    while line := stream.readline().rstrip(b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        fields[name.strip().lower()] = value.strip()
    body = b""
    length = int(fields.get("content-length", 0))
    if method != "HEAD" and status >= 200 and length > 0:
        body = stream.read(length)
        if len(body) != length:
            raise ConnectionError("the connection ended amid a response")
    return Response(status, fields, body)


class Client:
    """Makes requests, each over a connection of its own; another thread may break them off."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def request(self, method, path, fields=None, body=None, **options):
        """Raises OSError when the connection breaks: the request may have taken effect or not."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS_MAX) as connection:
            self.connection = connection
            try:
                return converse(connection, method, head, body or b"", **options)
            finally:
                self.connection = None

    def break_off(self):
        connection = self.connection
        if connection:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def converse(connection, method, head, body, pause=None, sending=None, interim=None):
    """Sends `body` in pieces with a pause after each. An interim response goes to `interim`."""
    connection.sendall(head)
    with connection.makefile("rb") as stream:
        if interim:
            interim(read_response(stream, method))
        try:
            send_body(connection, body, pause, sending)
        except (BrokenPipeError, ConnectionResetError):
            pass  # a refusal may have come before the end of the body: the response tells
        response = read_response(stream, method)
        while response.status < 200:
            response = read_response(stream, method)
        return response


def send_body(connection, body, pause, sending):
    piece_bytes = 32 * 1024
    for start in range(0, len(body), piece_bytes):
        piece = body[start : start + piece_bytes]
        if sending:
            sending.bytes += len(piece)  # before it goes: it may arrive although the call fails
        connection.sendall(piece)
        if pause:
            time.sleep(pause)
