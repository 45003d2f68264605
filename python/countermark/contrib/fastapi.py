"""FastAPI and Starlette: dependencies, and an ASGI middleware."""

# Without `from __future__ import annotations`: FastAPI reads the annotations of a dependency when the program runs.

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from anyio import CancelScope
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from .._native import SignedQueryVerifier, VerifiedQuery, VerifiedWebhook, WebhookVerifier
from ._gate import (
    LINK_HEADERS,
    Answer,
    QueryGate,
    Refused,
    Request,
    WebhookGate,
    already_read,
    asgi_url,
    released_async,
    taken_async,
)

if TYPE_CHECKING:
    from ..stores import AsyncReplayStore, ReplayStore

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class WebhookDependency:
    """``webhook: Annotated[VerifiedWebhook, Depends(WebhookDependency(verifier))]``.

    If the path operation raises, the replay key is given back; not for an answer of 5xx that it returns, which a dependency does not
    see. It finds a form in ``webhook.body``: parameters of ``Form`` read it before this does, which is ``WRONG_STATE``. Senders that make
    handshakes want `WebhookMiddleware`, which answers them.
    """

    def __init__(
        self,
        verifier: WebhookVerifier,
        *,
        store: "ReplayStore | AsyncReplayStore | None" = None,
        keep_s: float | None = None,
        origin: str | None = None,
    ) -> None:
        self._gate = WebhookGate(verifier, store, keep_s, None)
        self._origin = origin

    async def __call__(self, request: HttpRequest) -> AsyncIterator[VerifiedWebhook]:
        try:
            if getattr(request, "_stream_consumed", False) and not hasattr(request, "_body"):
                raise already_read()
            body = await _body(request, self._gate)
            # As `request.body` leaves it, for whoever reads the request again.
            request._body = body
            webhook = self._gate.verify(_request(request, body, self._origin))
            if isinstance(webhook, Answer):
                raise Refused(webhook)
            await _take(self._gate, webhook)
        except Refused as refused:
            raise _http(refused, {}) from refused
        try:
            yield webhook
        except BaseException:
            await _give_back(self._gate, webhook)
            raise


class QueryDependency:
    """``link: Annotated[VerifiedQuery, Depends(QueryDependency(verifier, store=store))]``.

    With a store, the link stays used, also if the path operation fails. A path operation that returns a `Response` sets
    ``Referrer-Policy: no-referrer`` and ``Cache-Control: no-store`` itself: FastAPI adds them to all others only.
    """

    def __init__(
        self, verifier: SignedQueryVerifier, *, store: "ReplayStore | AsyncReplayStore | None" = None
    ) -> None:
        self._gate = QueryGate(verifier, store)

    async def __call__(self, request: HttpRequest, response: Response) -> VerifiedQuery:
        response.headers.update(LINK_HEADERS)
        try:
            verified = self._gate.verify(request.method, request.scope["query_string"])
            await _take(self._gate, verified)
        except Refused as refused:
            raise _http(refused, LINK_HEADERS) from refused
        return verified


class WebhookMiddleware:
    """Lets only verified webhooks reach ``path`` of an ASGI application, which finds them as ``scope["countermark.webhook"]``.

    It answers handshakes. ``path`` is as routes have it, below the ``root_path``. Other paths pass, without the entry in the scope: so read
    it, and nothing else of the request. If the application raises, or answers with 5xx, the replay key is given back.
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        verifier: WebhookVerifier,
        *,
        path: str,
        store: "ReplayStore | AsyncReplayStore | None" = None,
        keep_s: float | None = None,
        handshake_secret: str | bytes | None = None,
        origin: str | None = None,
    ) -> None:
        self._app = app
        self._path = path
        self._gate = WebhookGate(verifier, store, keep_s, handshake_secret)
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _route_path(scope) != self._path:
            await self._app(scope, receive, send)
            return
        request = HttpRequest(scope, receive)
        try:
            body = await _body(request, self._gate)
            webhook = self._gate.verify(_request(request, body, self._origin))
            if isinstance(webhook, Answer):
                await _send(send, webhook)
                return
            await _take(self._gate, webhook)
        except Refused as refused:
            await _send(send, refused.answer)
            return
        except ClientDisconnect:
            # Nobody is there to be answered.
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
            await _give_back(self._gate, webhook)
            raise
        if status >= 500:
            await _give_back(self._gate, webhook)


def _route_path(scope: Scope) -> str:
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(root + "/") else path


async def _take(gate: WebhookGate | QueryGate, verified: VerifiedWebhook | VerifiedQuery) -> None:
    # A store that is stopped on its way may have taken the key, and nobody would give it back.
    with CancelScope(shield=True):
        await taken_async(gate, verified)


async def _give_back(gate: WebhookGate, webhook: VerifiedWebhook) -> None:
    # Also when the request was canceled, as it is when its client goes away.
    with CancelScope(shield=True):
        await released_async(gate, webhook)


async def _body(request: HttpRequest, gate: WebhookGate) -> bytes:
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > gate.verifier.max_body_bytes:
            raise gate.too_large()
        parts.append(part)
    return b"".join(parts)


def _request(request: HttpRequest, body: bytes, origin: str | None) -> Request:
    return Request(
        headers=request.scope["headers"],
        body=body,
        method=request.method,
        url=asgi_url(origin, request.scope),
        query=request.scope["query_string"].decode("latin-1"),
    )


def _http(refused: Refused, headers: dict[str, str]) -> HTTPException:
    """FastAPI writes the text as JSON."""
    sniffed = {name: value for name, value in refused.answer.headers.items() if name != "Content-Type"}
    return HTTPException(refused.answer.status, refused.answer.body.decode(), {**sniffed, **headers})


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    length = (b"content-length", str(len(answer.body)).encode())
    await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": answer.body})
