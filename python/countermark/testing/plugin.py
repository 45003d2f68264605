"""The pytest plugin: ``countermark_id_server`` is an ID server for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .id_server import IdServer


@pytest.fixture
def countermark_id_server() -> Iterator[IdServer]:
    """An emulator that knows every ID and does nothing by itself."""
    with IdServer() as server:
        yield server
