"""A real server on the loopback interface that treats every request badly, to compare with."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bad_server(how: str) -> Iterator[str]:
    """The address of a server that refuses, resets, truncates, or never answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
    if how == "refused":
        listening.close()
        yield url
        return
    connections: list[socket.socket] = []
    serving = threading.Thread(target=_serve, args=(listening, how, connections), daemon=True)
    serving.start()
    try:
        yield url
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()
        listening.close()
        for connection in connections:
            connection.close()


def _serve(listening: socket.socket, how: str, connections: list[socket.socket]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:  # it is shut down
            return
        connections.append(connection)
        data = b""
        while b"\r\n\r\n" not in data and (part := connection.recv(65536)):
            data += part
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        elif how == "truncated":
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n12345")
            connection.close()
