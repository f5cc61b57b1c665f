"""A way to a port of 127.0.0.1 on which the first connections break.

usage: breaking_way.py PORT BREAKS BYTES PROCESS

Prints the port on which it listens. The first BREAKS connections are reset as soon as BYTES bytes
have passed in one direction; later ones pass whatever they carry. Ends with the process PROCESS.
"""

import os
import socket
import struct
import sys
import threading
import time


def reset(connection):
    # A linger of zero seconds makes the close a reset instead of a good end.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)


def carry(source, target, limit, broken):
    carried = 0
    try:
        while data := source.recv(65536 if limit is None else min(65536, limit - carried)):
            target.sendall(data)
            carried += len(data)
            if limit is not None and carried >= limit:
                broken.set()
                for end in (source, target):
                    reset(end)
                return
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other direction has ended both


def join(client, port, limit):
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        broken = threading.Event()
        ways = [
            threading.Thread(target=carry, args=(*pair, limit, broken))
            for pair in ((client, server), (server, client))
        ]
        for way in ways:
            way.start()
        for way in ways:
            way.join()


def end_with(process):
    while os.path.exists(f"/proc/{process}"):
        time.sleep(0.2)
    os._exit(0)


def main():
    port, breaks, limit, process = map(int, sys.argv[1:])
    threading.Thread(target=end_with, args=(process,), daemon=True).start()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            breaking = limit if breaks > 0 else None
            breaks -= 1
            threading.Thread(target=join, args=(client, port, breaking), daemon=True).start()


if __name__ == "__main__":
    main()
