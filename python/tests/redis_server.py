"""A Redis that a test may stop and start. It remembers its keys over that."""

from __future__ import annotations

import itertools
import random
import shutil
import socket
import subprocess
import time
from pathlib import Path

import redis


# Below those that systems give away by themselves, and hardly those of another process: one stays free until Redis starts.
PORTS = itertools.count(random.randrange(20_000, 32_000))


def free_port() -> int:
    for port in PORTS:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError


class RedisServer:
    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        assert program, "scripts/install python installs it"
        self.port = free_port()
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        lasting = ["--appendonly", "yes", "--appendfsync", "always"]
        self._process = subprocess.Popen([*self._command, *lasting], stdout=subprocess.DEVNULL)
        while True:
            try:
                with redis.Redis(port=self.port) as client:
                    client.ping()
                return
            except redis.RedisError:
                # It may not listen yet, or still read its keys.
                assert self._process.poll() is None
                time.sleep(0.02)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def keys(self) -> list[bytes]:
        with redis.Redis(port=self.port) as client:
            return list(client.keys("*"))  # type: ignore[arg-type]
