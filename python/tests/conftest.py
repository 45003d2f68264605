"""What the tests share."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from countermark import LoginService
from countermark.testing import IdServer

ROOT = Path(__file__).resolve().parents[2]

# The adapter is one program for the vectors here and for the conformance run.
sys.path.insert(0, str(ROOT / "tests/adapters/python"))
os.environ.setdefault("COUNTERMARK", str(ROOT / "target/debug/countermark"))


@pytest.fixture
def service(countermark_id_server: IdServer) -> LoginService:
    """A service at the emulator."""
    return service_at(countermark_id_server)


def service_at(server: IdServer) -> LoginService:
    """A service that asks this emulator."""
    return LoginService(
        server=server.server.rstrip("/"), service_name="Example", service_address="https://example.com"
    )


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = shutil.which("redis-server")
    assert program, "scripts/install python installs it"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    while True:
        try:
            redis.Redis(port=port).ping()
            break
        except redis.ConnectionError:
            assert process.poll() is None
            time.sleep(0.02)
    yield port
    process.terminate()
    process.wait()
