"""FastAPI and Starlette: dependencies, and the middleware for ASGI."""

# Without `from __future__ import annotations`: FastAPI reads the annotations of a dependency when the program runs.

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from .._native import SignedQueryVerifier, VerifiedQuery, VerifiedWebhook, WebhookVerifier
from ._blocking_store import off_loop
from ._bodies import already_read
from ._gate import LINK_HEADERS, Answer, QueryGate, Refused, Request, WebhookGate
from ._replay_keys import committed_async, released_async, taken_async
from ._urls import asgi_url
from .asgi import WebhookMiddleware as WebhookMiddleware

if TYPE_CHECKING:
    from ..stores import AsyncOnceStore, AsyncReplayStore, OnceStore, ReplayStore


class WebhookDependency:
    """``webhook: Annotated[VerifiedWebhook, Depends(WebhookDependency(verifier))]``.

    If the path operation raises, or sets a status of 4xx or 5xx in FastAPI's ``response``, the replay key is given back. Not so for an answer of 4xx or 5xx
    that it returns: a dependency does not see it, so the work counts as done, and the next try is answered with a success. That answer has the
    status that its sender wants, and its text as FastAPI's JSON.

    It finds a form in ``webhook.body``: parameters of ``Form`` read it before this does, which is ``WRONG_STATE``. Senders that make handshakes
    want `WebhookMiddleware`, which answers them.
    """

    def __init__(
        self,
        verifier: WebhookVerifier,
        *,
        store: "ReplayStore | AsyncReplayStore | None" = None,
        keep_s: float | None = None,
        origin: str | None = None,
    ) -> None:
        self._gate = off_loop(WebhookGate(verifier, store, keep_s, None, origin))

    async def __call__(self, request: HttpRequest, response: Response) -> AsyncIterator[VerifiedWebhook]:
        try:
            if getattr(request, "_stream_consumed", False) and not hasattr(request, "_body"):
                raise already_read()
            body = await _body(request, self._gate)
            # As `request.body` leaves it, for whoever reads the request again.
            request._body = body
            webhook = self._gate.verify(_request(request, body, self._gate.origin))
            if isinstance(webhook, Answer):
                raise Refused(webhook)
            await taken_async(self._gate, webhook)
        except Refused as refused:
            raise _http(refused, {}) from refused
        try:
            yield webhook
        except BaseException:
            await released_async(self._gate, webhook)
            raise
        # None, unless it was set.
        if (response.status_code or 200) >= 400:
            await released_async(self._gate, webhook)
        else:
            await committed_async(self._gate, webhook)


class QueryDependency:
    """``link: Annotated[VerifiedQuery, Depends(QueryDependency(verifier, store=store))]``.

    With a store, the link stays used, also if the path operation fails. What it returns as a value, and an `HTTPException` that it raises, get
    ``Referrer-Policy: no-referrer`` and ``Cache-Control: no-store``. A `Response` that it returns does not, nor does the answer that FastAPI
    makes of another exception, such as a parameter that does not fit: a dependency does not see these.
    """

    def __init__(
        self, verifier: SignedQueryVerifier, *, store: "OnceStore | AsyncOnceStore | None" = None
    ) -> None:
        self._gate = off_loop(QueryGate(verifier, store))

    async def __call__(self, request: HttpRequest, response: Response) -> AsyncIterator[VerifiedQuery]:
        response.headers.update(LINK_HEADERS)
        try:
            verified = self._gate.verify(
                request.method, request.headers.get("Sec-Purpose"), request.scope["query_string"]
            )
            await taken_async(self._gate, verified)
        except Refused as refused:
            raise _http(refused, LINK_HEADERS) from refused
        try:
            yield verified
        except HTTPException as error:
            error.headers = {**(error.headers or {}), **LINK_HEADERS}
            raise


async def _body(request: HttpRequest, gate: WebhookGate) -> bytes:
    # Joined at once: a sender of chunks of one byte would have an object kept for each.
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > gate.verifier.max_body_bytes:
            raise gate.too_large()
    return bytes(body)


def _request(request: HttpRequest, body: bytes, origin: str) -> Request:
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
