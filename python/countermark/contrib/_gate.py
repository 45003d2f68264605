"""What the helpers share: a request in, a verified value or an answer out."""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from copy import copy
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote, unquote, urlsplit

from .._native import (
    MemoryReplayStore,
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
from .._said import at_once, reserved
from .._shield import shield
from ..errors import CountermarkError

if TYPE_CHECKING:
    from ..stores import AsyncOnceStore, AsyncReplayStore, OnceStore, ReplayStore

    Headers = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]

log = logging.getLogger("countermark")
log.addHandler(logging.NullHandler())


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
    """A request as it arrived, with the URL that its sender called, if the site told its origin."""

    headers: Headers
    body: bytes
    method: str
    url: str | None
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
        if origin is not None and not _is_address(origin):
            raise CountermarkError("INVALID_CONFIG", "origin")
        self.verifier = verifier
        self.store = store
        try:
            self._keep_s = None if keep_s is None else ceil(keep_s)
        except (OverflowError, ValueError):
            # No whole number is infinite, or none.
            raise CountermarkError("INVALID_CONFIG", "keep_s") from None
        if self._keep_s is not None or (store is not None and verifier.needs_keep):
            # What the library refuses is said now, and not when the first message has come.
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
        with _noted("release"):
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
        with _noted(step):
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

    def verify(self, method: str | None, query: str | bytes) -> VerifiedQuery:
        """What the link proves; `Refused` otherwise."""
        if method != "GET":
            # A scanner of mail that asks for the head, or what it may ask for, must not use up the link.
            raise _refused(405, CountermarkError("SIGNATURE_MISMATCH"))
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
        return _refused(error.http_hint, error)


Gate = TypeVar("Gate", WebhookGate, QueryGate)
Asked = Callable[..., Any]


def _in_thread(ask: Asked) -> Asked:
    # A future and no task: the end of a loop cancels its tasks, and what a thread does goes on.
    return lambda *given: asyncio.get_running_loop().run_in_executor(None, partial(copy_context().run, ask, *given))


def off_loop(gate: Gate, on_thread: Callable[[Asked], Asked] = _in_thread) -> Gate:
    """The gate for asyncio: a store that blocks is asked on a thread. ``on_thread`` makes a function that can be awaited."""
    if gate.store is None or isinstance(gate.store, MemoryReplayStore):
        return gate
    beside, store = copy(gate), _OnThread(gate.store, on_thread)
    beside.store = cast(Any, store)
    return beside


class _OnThread:
    """A store that may block, which would stop the loop with all its requests."""

    def __init__(self, store: object, on_thread: Callable[[Asked], Asked]) -> None:
        self._store = store
        self._on_thread = on_thread

    def __getattr__(self, step: str) -> Any:
        ask = getattr(self._store, step)
        if inspect.iscoroutinefunction(ask):
            return ask

        async def late(*given: object) -> object:
            # To its end: who is stopped on the way does not know what the thread has done.
            work, _ = await _to_the_end(self._on_thread(ask)(*given))
            said = work.result()
            # Of a function that gives a coroutine, and does not look like one that does.
            return await said if inspect.isawaitable(said) else said

        def asked(*given: object) -> object:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                # In a loop of trio, which has other threads.
                return ask(*given)
            return late(*given)

        return asked


LINK_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
"""A link stands in the history of a browser: nothing of it may be kept or handed on."""


PATH = "/:@!$&'()*+,;=~"
"""What stands in a path as it is, beside letters, digits, ``_``, ``.`` and ``-`` (RFC 3986, 3.3)."""


def _is_address(origin: str) -> bool:
    # `urlsplit` takes blanks and line breaks away, which would stay in the URL.
    if re.fullmatch(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?", origin, re.IGNORECASE) is None:
        return False
    try:
        parts = urlsplit(origin)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def url_of(origin: str | None, target: str) -> str | None:
    """The URL that a sender called, by the site's own origin: what a request says of its host is the sender's word."""
    return None if origin is None else origin.rstrip("/") + target


def wsgi_url(origin: str | None, environ: Mapping[str, Any]) -> str | None:
    """The URL of a request of WSGI."""
    return url_of(origin, wsgi_target(environ, is_whole=_has_path(origin)))


def asgi_url(origin: str | None, scope: Mapping[str, Any]) -> str | None:
    """The URL of a request of ASGI."""
    return url_of(origin, asgi_target(scope, is_whole=_has_path(origin)))


def _has_path(origin: str | None) -> bool:
    """Whether the site itself says what a proxy cut off."""
    return origin is not None and urlsplit(origin).path.strip("/") != ""


def wsgi_target(environ: Mapping[str, Any], *, is_whole: bool = False) -> str:
    """Path and query as they came, where the server keeps them: `PATH_INFO` is decoded. Before them, what a proxy cut off, unless ``is_whole``."""
    root: str = environ.get("SCRIPT_NAME", "").rstrip("/")
    path: str = environ.get("PATH_INFO", "")
    raw: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    if raw.startswith("/"):
        # Apache and FastCGI may have a script name that no proxy cut off, of a rule of their own.
        is_whole = is_whole or "SCRIPT_FILENAME" in environ
        cut = "" if is_whole else _cut_off(root, path, unquote(raw.partition("?")[0], encoding="latin-1"))
        return quote(cut.encode("latin-1"), safe=PATH) + raw
    return _target(quote((root + path).encode("latin-1"), safe=PATH), environ.get("QUERY_STRING", ""))


def asgi_target(scope: Mapping[str, Any], *, is_whole: bool = False) -> str:
    """The same for ASGI."""
    # Starlette lets `root_path` grow with each mount.
    root: str = scope.get("app_root_path", scope.get("root_path", "")).rstrip("/")
    path: str = scope["path"]
    raw: bytes | None = scope.get("raw_path")
    shown = quote(path, safe=PATH) if raw is None else raw.decode("latin-1")
    cut = "" if is_whole else _cut_off(root, path, unquote(shown))
    query = scope["query_string"]
    # Django's own test client has it as text.
    return _target(quote(cut, safe=PATH) + shown, query if isinstance(query, str) else query.decode("latin-1"))


def _cut_off(root: str, path: str, came: str) -> str:
    """The part of an application's root that a proxy cut off: senders have it in their URL, and what came has not."""
    if _is_below(came, root):
        return ""
    # A part only, where something behind the proxy cut off the rest.
    whole = root + path
    cut = whole.removesuffix(came)
    return cut if whole.endswith(came) and _is_below(root, cut) else root


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/") or not root


def is_chunked(environ: Mapping[str, Any]) -> bool:
    """Whether a body of WSGI came without its length."""
    return "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH")


def is_endless(environ: Mapping[str, Any]) -> bool:
    """Whether nobody can read such a body, since the server does not say where it ends."""
    return is_chunked(environ) and not environ.get("wsgi.input_terminated")


def already_read() -> CountermarkError:
    """For a body that something else has read, and kept in another form."""
    return CountermarkError("BODY_ALREADY_READ")


def _target(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _refused(status: int, error: CountermarkError) -> Refused:
    return Refused(Answer(status, "text/plain; charset=utf-8", error.public_message.encode()))


def taken(gate: WebhookGate | QueryGate, verified: VerifiedWebhook | VerifiedQuery) -> None:
    """Reserves the replay key of a verified value."""
    try:
        reserved(at_once(gate.reserve(verified)))  # type: ignore[arg-type]
    except Exception as error:
        raise _not_taken(gate, error, _asked_of_copy(gate, verified, error)) from error


async def taken_async(gate: WebhookGate | QueryGate, verified: VerifiedWebhook | VerifiedQuery) -> None:
    """`taken` for both kinds of store. Whoever is canceled meanwhile has taken nothing."""
    try:
        reserving = gate.reserve(verified)  # type: ignore[arg-type]
        if not inspect.isawaitable(reserving):
            reserved(reserving)
            return
        task, canceled = await _to_the_end(reserving)
        if canceled is None:
            reserved(task.result())
            return
    except Exception as error:
        is_done = await _said(_asked_of_copy(gate, verified, error), "is_committed")
        raise _not_taken(gate, error, is_done) from error
    is_taken = not task.cancelled() and task.exception() is None and task.result() is not False
    if is_taken and isinstance(gate, WebhookGate):
        await released_async(gate, verified)  # type: ignore[arg-type]
    raise canceled


async def released_async(gate: WebhookGate, webhook: VerifiedWebhook) -> None:
    """Gives the replay key back, for both kinds of store, even if the caller is canceled meanwhile."""
    await _said(gate.release(webhook), "release")


async def committed_async(gate: WebhookGate, webhook: VerifiedWebhook) -> None:
    """Keeps the replay key in the same way."""
    await _said(gate.commit(webhook), "commit")


def _asked_of_copy(gate: WebhookGate | QueryGate, verified: VerifiedWebhook | VerifiedQuery, error: Exception) -> object:
    """Asks whether the work of a webhook that came before is done, and else nothing. A link is used, whatever came of it."""
    if isinstance(gate, WebhookGate) and isinstance(error, CountermarkError) and error.code == "REPLAYED":
        return gate.is_committed(verified)  # type: ignore[arg-type]
    return None


def _not_taken(gate: WebhookGate | QueryGate, error: Exception, is_done: object) -> Refused:
    if not isinstance(error, CountermarkError):
        # Whatever else a store raises, it did not say whether the key is new.
        return gate.refused(CountermarkError("STORE_UNAVAILABLE"))
    if is_done is True and isinstance(gate, WebhookGate):
        return gate.came_again(error)
    # The first may fail yet.
    return gate.refused(error)


async def _said(asked: object, step: str) -> object:
    """What a store says, if it says anything, even if the caller is canceled meanwhile."""
    if not inspect.isawaitable(asked):
        return asked
    said = None
    task, canceled = await _to_the_end(asked)
    with _noted(step):
        said = task.result()
    if canceled is not None:
        raise canceled
    return said


async def _to_the_end(work: Awaitable[Any]) -> tuple[asyncio.Future[Any], asyncio.CancelledError | None]:
    """Waits for the end of what a store does: stopped on its way, it may have taken a key that nobody would give back.

    Gives the cancellation that came meanwhile too.
    """
    task, canceled = asyncio.ensure_future(work), None
    with shield():
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as error:
                canceled = error
    return task, canceled


@contextmanager
def _noted(step: str) -> Iterator[None]:
    """For what is asked of a store when its failure changes no answer."""
    try:
        yield
    except Exception:
        log.exception("the store of replay keys failed: %s", step)
