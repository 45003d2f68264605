"""A Redis that a test may stop and start. It remembers its keys over that."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

import redis


class RedisServer:
    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        assert program, "scripts/install python installs it"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
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
