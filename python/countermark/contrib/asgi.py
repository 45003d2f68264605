"""Plain ASGI: a middleware, for Quart, Litestar, Starlette and whatever else speaks it. It imports none of them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .._native import VerifiedWebhook, WebhookVerifier
from ..errors import CountermarkError
from ._blocking_store import off_loop
from ._gate import Answer, Refused, Request, WebhookGate
from ._replay_keys import committed_async, released_async, taken_async
from ._urls import asgi_url

if TYPE_CHECKING:
    from ..stores import AsyncReplayStore, ReplayStore

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class WebhookMiddleware:
    """Lets only verified webhooks reach ``path`` of an ASGI application, which finds them as ``scope["countermark.webhook"]``.

    It answers handshakes. ``path`` is one path, without parameters, as routes have it, below the ``root_path`` or with that. Other paths pass, without the
    entry in the scope: so read it, and nothing else of the request. Whatever a router might take for ``path`` is verified too, such as ``//hook/``,
    ``/HOOK`` or ``/x/../hook`` for ``/hook``. A root that the application sets itself, as ``FastAPI(root_path=…)`` and Django's ``FORCE_SCRIPT_NAME`` do, must
    be the server's too: else the middleware does not know it. If the application raises, or answers with 4xx or 5xx, the replay key is given back.
    """

    def __init__(
        self,
        # No narrower: each framework has types of its own for what ASGI hands out.
        app: Callable[..., Awaitable[None]],
        verifier: WebhookVerifier,
        *,
        path: str,
        store: ReplayStore | AsyncReplayStore | None = None,
        keep_s: float | None = None,
        handshake_secret: str | bytes | None = None,
        origin: str | None = None,
    ) -> None:
        self._app = app
        if re.search(r"[{}<>*]|/:", path):
            # The pattern of a route is no path, so every request would pass.
            raise CountermarkError("INVALID_CONFIG", "path")
        self._path = _folded(_decoded(path))
        self._gate = off_loop(WebhookGate(verifier, store, keep_s, handshake_secret, origin))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not self._may_be_for(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await _body(receive, self._gate)
            if body is None:
                # Nobody is there to be answered.
                return
            webhook = self._gate.verify(_request(scope, body, self._gate.origin))
            if isinstance(webhook, Answer):
                await _send(send, webhook)
                return
            await taken_async(self._gate, webhook)
        except Refused as refused:
            await _send(send, refused.answer)
            return
        await self._pass_on(scope, receive, send, body, webhook)

    def _may_be_for(self, scope: Scope) -> bool:
        """Whether any router might take the request for one of ``path``: else a forged webhook that is written otherwise would reach it."""
        root, paths = _folded(_decoded(str(scope.get("root_path") or ""))), {self._path}
        if root and self._path.startswith(root + "/"):
            # Written with the root, which routers cut off.
            paths.add(self._path[len(root) :])
        # Sanic and BlackSheep route the one that came, the others the one that the server has decoded.
        came = {_decoded(str(scope["path"]))}
        if raw := scope.get("raw_path"):
            came.add(_decoded(raw.decode(errors="replace")))
        ways = _ways(came)
        if not all(way.startswith("/") for way in came):
            # A whole URL, in which Quart and Sanic find the path; Litestar takes other things for one too.
            return any(way.endswith(path[1:]) for way in ways for path in paths)
        if paths & ways or not root:
            return bool(paths & ways)
        # Falcon keeps the root in what it routes. Litestar takes what stands behind it, wherever it stands.
        return any(way.endswith((root + path, root + path[1:])) or root + way == path for way in ways for path in paths)

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, body: bytes, webhook: VerifiedWebhook
    ) -> None:
        replayed = False

        async def receive_again() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app({**scope, "countermark.webhook": webhook}, receive_again, watched)
        except BaseException:
            await released_async(self._gate, webhook)
            raise
        if status >= 400:
            await released_async(self._gate, webhook)
        else:
            await committed_async(self._gate, webhook)


def _ways(came: set[str]) -> set[str]:
    """All that routers may take a path for, each folded."""
    # As in a URL, what follows two slashes may be a host, and what follows these marks is cut.
    paths = came | {re.sub(r"^//[^/\\]*", "", path) for path in came}
    paths |= {re.split("[?#]", path, maxsplit=1)[0] for path in paths}
    return {_folded(path) for path in paths}


def _decoded(path: str) -> str:
    # Some decode again what was decoded before. `urllib` drops white space.
    for _ in range(3):
        path = unquote(path)
    return re.sub(r"[\x00-\x20]", "", path)


def _folded(path: str) -> str:
    """One text for all that is written otherwise and may be the same to a router. It has no slash at its end."""
    parts: list[str] = []
    for part in re.split(r"[/\\]", path):
        part = part.partition(";")[0]
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            # To `re.IGNORECASE` an i with two dots or without one is an i; `casefold` leaves them.
            parts.append("/" + part.translate({0x130: "i", 0x131: "i"}).casefold())
    return "".join(parts)


async def _body(receive: Receive, gate: WebhookGate) -> bytes | None:
    """The raw body; `None` if its sender went away."""
    # Joined at once: a sender of chunks of one byte would have an object kept for each.
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > gate.verifier.max_body_bytes:
            raise gate.too_large()
        more = message.get("more_body", False)
    return bytes(body)


def _request(scope: Scope, body: bytes, origin: str) -> Request:
    return Request(
        headers=scope["headers"],
        body=body,
        method=scope["method"],
        url=asgi_url(origin, scope),
        query=scope["query_string"].decode("latin-1"),
    )


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    length = (b"content-length", str(len(answer.body)).encode())
    await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": answer.body})
