"""Plain ASGI: a middleware, for Quart, Litestar, Starlette and whatever else speaks it. It imports none of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from .._native import VerifiedWebhook, WebhookVerifier
from ._gate import Answer, Refused, Request, WebhookGate, asgi_url, committed_async, released_async, taken_async

if TYPE_CHECKING:
    from ..stores import AsyncReplayStore, ReplayStore

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class WebhookMiddleware:
    """Lets only verified webhooks reach ``path`` of an ASGI application, which finds them as ``scope["countermark.webhook"]``.

    It answers handshakes. ``path`` is as routes have it, below the ``root_path``. Other paths pass, without the entry in the scope: so read
    it, and nothing else of the request. If the application raises, or answers with 4xx or 5xx, the replay key is given back.
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        verifier: WebhookVerifier,
        *,
        path: str,
        store: ReplayStore | AsyncReplayStore | None = None,
        keep_s: float | None = None,
        handshake_secret: str | bytes | None = None,
        origin: str | None = None,
    ) -> None:
        self._app = app
        self._path = path
        self._gate = WebhookGate(verifier, store, keep_s, handshake_secret, origin)
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _route_path(scope) != self._path:
            await self._app(scope, receive, send)
            return
        try:
            body = await _body(receive, self._gate)
            if body is None:
                # Nobody is there to be answered.
                return
            webhook = self._gate.verify(_request(scope, body, self._origin))
            if isinstance(webhook, Answer):
                await _send(send, webhook)
                return
            await taken_async(self._gate, webhook)
        except Refused as refused:
            await _send(send, refused.answer)
            return
        await self._pass_on(scope, receive, send, body, webhook)

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


def _route_path(scope: Scope) -> str:
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(root + "/") else path


async def _body(receive: Receive, gate: WebhookGate) -> bytes | None:
    """The raw body; `None` if its sender went away."""
    parts: list[bytes] = []
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        length += len(part)
        if length > gate.verifier.max_body_bytes:
            raise gate.too_large()
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _request(scope: Scope, body: bytes, origin: str | None) -> Request:
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
