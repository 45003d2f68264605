"""The middleware where no Starlette is. What it shares with the other helpers: `test_receivers.py`."""

import subprocess
import sys
from pathlib import Path

import serving
from frameworks import signed, verifier
from quart import Quart, request

from countermark import MemoryReplayStore
from countermark.contrib import asgi, fastapi

WITHOUT = """
import sys
sys.modules |= dict.fromkeys(["starlette", "fastapi", "anyio"])
import countermark.contrib.asgi
"""


def test_it_needs_no_framework() -> None:
    # Where no source is taken for the package.
    subprocess.run([sys.executable, "-c", WITHOUT], check=True, cwd=Path(__file__).parent)
    # The name that it had.
    assert fastapi.WebhookMiddleware is asgi.WebhookMiddleware


def test_quart() -> None:
    app, statuses = Quart("test"), [503, 200]

    @app.post("/hook")
    async def hook() -> tuple[bytes, int]:
        assert await request.get_data() == b"{}"
        return request.scope["countermark.webhook"].body, statuses.pop(0)

    app.asgi_app = asgi.WebhookMiddleware(  # type: ignore[method-assign]
        app.asgi_app, verifier(), path="/hook", store=MemoryReplayStore()
    )
    with serving.asgi(app) as address:
        headers = signed(b"{}", "msg_quart")
        assert [serving.send(f"{address}/hook", b"{}", headers).status for _ in range(2)] == [503, 200]
        assert serving.send_again(f"{address}/hook", b"{}", headers).status == 200
        assert not statuses
        assert serving.send(f"{address}/hook", b"{ }", signed(b"{}", "msg_quart")).status == 401
        assert serving.send(f"{address}/hook", b"x" * 100_001).status == 413
