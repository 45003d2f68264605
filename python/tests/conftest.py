"""What the tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis_server import RedisServer

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
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server.port
    server.stop()
