"""The node is killed with SIGKILL in the middle of uploads: a blob is there whole or not at all."""

import hashlib
import os
import random
import signal
import socket
import tempfile
import time
from pathlib import Path
from urllib.parse import urlparse

import requests
from checks import equal
from node import Node

ROUNDS = int(os.environ.get("ASSAY_UPLOAD_CRASH_ROUNDS", "12"))
CHUNK = 1 << 20


def begin(node, body, sent):
    """Sends the head and a part of a body."""
    place = urlparse(node.url)
    connection = socket.create_connection((place.hostname, place.port))
    name = hashlib.sha256(body).hexdigest()
    head = f"PUT /v1/blobs/{name} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body[:sent])
    return connection


def test_blobs_are_whole_after_kill_9():
    chance = random.Random(7)
    kept = {}
    with tempfile.TemporaryDirectory() as folder:
        node = Node(fresh=True, data=folder)
        node.start()
        for number in range(ROUNDS):
            shared = chance.randbytes(2 * CHUNK)
            # What one upload finished, and another that has its chunks did not.
            done = shared + chance.randbytes(10)
            lost = shared + chance.randbytes(4 * CHUNK)
            first = begin(node, lost, chance.randrange(len(lost)))
            url = f"{node.url}/v1/blobs/{hashlib.sha256(done).hexdigest()}"
            equal(requests.put(url, data=done, timeout=60).status_code, 201, "upload")
            kept[hashlib.sha256(done).hexdigest()] = done
            time.sleep(chance.uniform(0, 0.05))
            node.process.send_signal(signal.SIGKILL)
            node.process.wait()
            first.close()
            node = Node(fresh=True, data=folder)
            node.start()
            name = hashlib.sha256(lost).hexdigest()
            equal(node.get(f"/v1/blobs/{name}").status_code, 404, f"round {number}: half a blob")
            for other, bytes_ in kept.items():
                whole = node.get(f"/v1/blobs/{other}").content == bytes_
                equal(whole, True, f"round {number}: a blob that was acknowledged")
        node.stop()
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    return f"{ROUNDS} kills, {sum(map(len, kept.values())) >> 20} MiB kept, {size >> 20} on disk"
