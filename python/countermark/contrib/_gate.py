"""What the helpers share: a request in, a verified value or an answer out."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from .._native import (
    SignedQueryVerifier,
    VerifiedQuery,
    VerifiedWebhook,
    WebhookVerifier,
    answer_webhook_handshake,
    webhook_error_status,
    webhook_handshake_order,
    webhook_keep_until_ms,
    webhook_success,
)
from ..errors import CountermarkError

if TYPE_CHECKING:
    from ..stores import AsyncOnceStore, AsyncReplayStore, OnceStore, ReplayStore

    Headers = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]

log = logging.getLogger("countermark")
log.addHandler(logging.NullHandler())


LINK_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
"""A link stands in the history of a browser: nothing of it may be kept or handed on."""


# No `repr`: error pages and error trackers show the local variables of a program, and a request may hold a token.
@dataclass(frozen=True, repr=False)
class Answer:
    """An HTTP answer."""

    status: int
    content_type: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The headers to send: the body may repeat what was sent, so nobody may guess its type."""
        fixed = {"X-Content-Type-Options": "nosniff"}
        if self.status == 405:
            # Of what is verified here only links are refused so.
            fixed["Allow"] = "GET"
        return {**fixed, "Content-Type": self.content_type} if self.content_type else fixed


class Refused(Exception):
    """The request goes no further; ``answer`` is for whoever sent it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True, repr=False)
class Request:
    """A request as it arrived, with the URL that its sender called: without its origin, if the site did not tell it."""

    headers: Headers
    body: bytes
    method: str
    url: str
    query: str


class WebhookGate:
    """Verifies webhooks for one end point, and answers handshakes."""

    def __init__(
        self,
        verifier: WebhookVerifier,
        store: ReplayStore | AsyncReplayStore | None,
        keep_s: float | None,
        handshake_secret: str | bytes | None,
        origin: str | None = None,
    ) -> None:
        # Said now, and not when the first message has come. Empty if there is none.
        self.origin = verifier.site_origin(origin)
        self.verifier = verifier
        self.store = store
        try:
            self._keep_s = None if keep_s is None else ceil(keep_s)
        except (OverflowError, ValueError):
            # No whole number is infinite, or none.
            raise CountermarkError("INVALID_CONFIG", "keep_s") from None
        if self._keep_s is not None or (store is not None and verifier.needs_keep):
            webhook_keep_until_ms(None, self._keep_s, 0)
        self._secret = handshake_secret
        self._order = webhook_handshake_order(verifier.scheme)

    def verify(self, request: Request) -> VerifiedWebhook | Answer:
        """The webhook; or the answer to a handshake. `Refused` otherwise."""
        try:
            if len(request.body) > self.verifier.max_body_bytes:
                # Also where a handshake comes before the verifier.
                raise self.too_large()
            if self._order == "before_verify" and (answer := self._handshake(request)):
                return answer
            webhook = self.verifier.verify(
                request.headers, request.body, method=request.method, url=request.url, query=request.query
            )
            if self._order == "after_verify" and (answer := self._handshake(request)):
                return answer
        except CountermarkError as error:
            raise self.refused(error) from error
        return webhook

    def reserve(self, webhook: VerifiedWebhook) -> object:
        """Takes the replay key; what an asyncio store gives is to be awaited."""
        if self.store is None or webhook.replay_key is None:
            return None
        until_ms = webhook_keep_until_ms(webhook.replay_until_ms, self._keep_s, self.verifier.now_ms)
        return self.store.reserve(webhook.replay_key, until_ms)

    def release(self, webhook: VerifiedWebhook) -> object:
        """Gives it back, after work that failed: the sender may try again. What an asyncio store gives is to be awaited.

        A store that fails now does not hide why the work failed: the key is then free after its time.
        """
        if self.store is None or webhook.replay_key is None:
            return None
        with noted("release"):
            return self.store.release(webhook.replay_key)

    def commit(self, webhook: VerifiedWebhook) -> object:
        """Keeps it, after work that is done: a copy is then answered as this one. What an asyncio store gives is to be awaited.

        A store that fails now changes nothing: the key stays taken as it is.
        """
        return self._asked("commit", webhook)

    def is_committed(self, webhook: VerifiedWebhook) -> object:
        """Whether the work of a key that is taken is done. What an asyncio store gives is to be awaited."""
        return self._asked("is_committed", webhook)

    def too_large(self) -> Refused:
        """For a body of which no more is read."""
        return self.refused(CountermarkError("TOO_LARGE", "body"))

    def endless(self) -> Refused:
        """For a body that came without its length, and that this server cannot read: it is not an empty one."""
        return self.refused(CountermarkError("MALFORMED_BODY", "no length"), 411)

    def refused(self, error: CountermarkError, status: int | None = None) -> Refused:
        """Logs why, and tells the sender no more than it may know."""
        log.warning("webhook refused: %s (%s %d)", error, error.code, error.number)
        return _refused(status or webhook_error_status(self.verifier.scheme, error.code), error)

    def came_again(self, error: CountermarkError) -> Refused:
        """For a copy of what is done: its sender would try on, and in the end give up the end point."""
        log.info("webhook came again: %s (%s %d)", error, error.code, error.number)
        return Refused(self.success())

    def success(self) -> Answer:
        """What the sender wants to hear."""
        answer = webhook_success(self.verifier.scheme)
        return Answer(answer.status, answer.content_type, answer.body)

    def _asked(self, step: str, webhook: VerifiedWebhook) -> object:
        with noted(step):
            # A store of one's own may be older than these steps.
            ask = getattr(self.store, step, None)
            if ask is not None and webhook.replay_key is not None:
                return ask(webhook.replay_key)
        return None

    def _handshake(self, request: Request) -> Answer | None:
        answer = answer_webhook_handshake(
            self.verifier.scheme,
            request.headers,
            request.body,
            secret=self._secret,
            method=request.method,
            url=request.url,
            query=request.query,
        )
        return answer and Answer(answer.status, answer.content_type, answer.body)


class QueryGate:
    """Verifies signed links for one end point."""

    def __init__(
        self, verifier: SignedQueryVerifier, store: OnceStore | AsyncOnceStore | None
    ) -> None:
        self._verifier = verifier
        self.store = store

    def verify(self, method: str | None, purpose: str | None, query: str | bytes) -> VerifiedQuery:
        """What the link proves; `Refused` otherwise. ``purpose`` is the header ``Sec-Purpose``."""
        if method != "GET":
            # A scanner of mail that asks for the head, or what it may ask for, must not use up the link.
            raise _refused(405, CountermarkError("SIGNATURE_MISMATCH"))
        if purpose is not None and purpose.startswith("prefetch"):
            # Nobody has opened it yet; a browser that gets no page fetches it again for whoever does.
            raise _refused(503, CountermarkError("SIGNATURE_MISMATCH"))
        try:
            return self._verifier.verify(query)
        except CountermarkError as error:
            raise self.refused(error) from error

    def reserve(self, verified: VerifiedQuery) -> object:
        """Takes the replay key; what an asyncio store gives is to be awaited."""
        # A store that is empty may be false, as a dictionary is.
        return None if self.store is None else self.store.reserve(verified.replay_key, verified.replay_until_ms)

    def refused(self, error: CountermarkError) -> Refused:
        """Logs why, and tells the visitor no more than he may know."""
        log.warning("link refused: %s (%s %d)", error, error.code, error.number)
        return _refused(error.http_status, error)


def _refused(status: int, error: CountermarkError) -> Refused:
    return Refused(Answer(status, "text/plain; charset=utf-8", error.public_message.encode()))


@contextmanager
def noted(step: str) -> Iterator[None]:
    """For what is asked of a store when its failure changes no answer."""
    try:
        yield
    except Exception:
        log.exception("the store of replay keys failed: %s", step)
