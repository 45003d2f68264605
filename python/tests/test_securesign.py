"""SecureSign calls over the network, against the emulator."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable

import pytest

from countermark import (
    AsyncSecureSign,
    CountermarkError,
    SecureSign,
    SecureSignClient,
    SecureSignRequest,
)
from countermark.testing import IdServer

ORIGIN = "http://localhost:3000"


def client(
    server: IdServer, key: str = "ss_test_emulator", clock: Callable[[], float] | None = None
) -> SecureSignClient:
    return SecureSignClient(
        key,
        environment="test",
        tenant_id="org_emulator",
        callback_hosts=["localhost"],
        base_url=server.server.rstrip("/") + "/v1",
        clock=clock,
    )


def request() -> SecureSignRequest:
    return SecureSignRequest(
        request_id="request-1",
        hash=hashlib.sha256(b"document").digest(),
        algorithm="SHA256",
        callback_url="http://localhost/callback",
    )


def test_blocking(countermark_id_server: IdServer) -> None:
    api = SecureSign(client(countermark_id_server))
    assert api.validate(ORIGIN, "web").tenant_id == "org_emulator"
    session, pending = api.session(request())
    assert pending.request_id == "request-1" and session.expires_at_ms == pending.expires_at_ms
    assert "ss_test" not in repr(session)
    with pytest.raises(CountermarkError) as refused:
        api.validate("http://localhost:4000", "web")
    assert refused.value.code == "DOMAIN_NOT_ALLOWED"


def test_asyncio(countermark_id_server: IdServer) -> None:
    async def run() -> None:
        api = AsyncSecureSign(client(countermark_id_server))
        assert (await api.validate(ORIGIN, "web")).tenant_id == "org_emulator"
        session, pending = await api.session(request())
        assert session.expires_at_ms == pending.expires_at_ms
        stranger = AsyncSecureSign(client(countermark_id_server, "ss_test_another"))
        with pytest.raises(CountermarkError) as refused:
            await stranger.session(request())
        assert refused.value.code == "API_KEY_INVALID"

    asyncio.run(run())


def test_the_clock_of_the_client(countermark_id_server: IdServer) -> None:
    """By a clock that is far ahead, every session is over."""
    ahead = client(countermark_id_server, clock=lambda: time.time() + 1e8)
    with pytest.raises(CountermarkError) as refused:
        SecureSign(ahead).session(request())
    assert refused.value.code == "SESSION_EXPIRED"

    async def run() -> None:
        with pytest.raises(CountermarkError):
            await AsyncSecureSign(ahead).session(request())

    asyncio.run(run())
