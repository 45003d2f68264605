"""What the clients without an event loop ask where gevent has patched the program: a call that blocks would stop every greenlet of its thread.

The background of the asyncio clients does the work, and the greenlet waits. A store is asked in a greenlet of the same hub, as its sockets need it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import gevent  # type: ignore[import-untyped]
from gevent.event import AsyncResult  # type: ignore[import-untyped]

from ._native import (
    AsyncLogins,
    AsyncSigning,
    AuthSession,
    Challenge,
    Job,
    LoginOutcome,
    LoginService,
    Outcome,
    SecureSignClient,
    SecureSignPending,
    SecureSignRequest,
    SecureSignSession,
    SecureSignValidation,
    StoreReply,
)
from .client import answered, call_at_once
from .errors import CountermarkError

if TYPE_CHECKING:
    from ._native import _Platform
    from .stores import OnceStore


class GreenLogins:
    """`BlockingLogins` for greenlets.

    Whatever else ends the greenlet's wait, such as `gevent.Timeout`, counts as a signal does there: a login is withdrawn first.
    """

    def __init__(
        self,
        service: LoginService,
        *,
        store: OnceStore | None,
        extra_roots_pem: str | bytes | None,
        clock: Callable[[], float] | None,
    ) -> None:
        ask = None if store is None else _asker(store)
        self._logins = AsyncLogins(service, extra_roots_pem=extra_roots_pem, store=ask, clock=clock)

    def begin(self, secsign_id: str) -> Challenge:
        challenge: Challenge = self._to_the_end(self._logins.begin, secsign_id)
        return challenge

    def check(self, session: AuthSession) -> LoginOutcome:
        outcome: LoginOutcome = _run(self._logins.check, session)
        return outcome

    def wait(self, session: AuthSession, timeout: float | None) -> LoginOutcome:
        outcome: LoginOutcome = self._to_the_end(self._logins.wait, session, timeout)
        return outcome

    def cancel(self, session: AuthSession) -> None:
        _run(self._logins.cancel, session)

    def release(self, session: AuthSession) -> None:
        _run(self._logins.release, session)

    def close(self) -> None:
        self._logins.close()

    def _to_the_end(self, start: Callable[..., Job], *arguments: object) -> Any:
        call = _Call()
        job = start(call, *arguments)
        try:
            call.wait()
        except BaseException:
            job.cancel()
            # A greenlet of its own, which nothing ends that comes meanwhile for this one.
            ending = gevent.spawn(self._ended, call)
            while not ending.ready():
                with suppress(BaseException):
                    ending.join()
            ended = ending.value
            if isinstance(ended, LoginOutcome) and ended.kind is Outcome.APPROVED:
                # It is used by now, and could not be had again.
                return ended
            raise
        finally:
            job.stop()
        return call.end()

    def _ended(self, call: _Call) -> Any:
        with suppress(CountermarkError):
            ended = call.end()
            if isinstance(ended, Challenge):
                # Nobody would know its session, and the ID would be `BUSY`.
                self.cancel(ended.session)
            return ended


class GreenSigning:
    """`BlockingSigning` for greenlets."""

    def __init__(self, client: SecureSignClient, *, extra_roots_pem: str | bytes | None) -> None:
        self._api = AsyncSigning(client, extra_roots_pem=extra_roots_pem)

    def validate(self, origin: str, platform: _Platform) -> SecureSignValidation:
        validation: SecureSignValidation = _run(self._api.validate, origin, platform)
        return validation

    def session(self, request: SecureSignRequest) -> tuple[SecureSignSession, SecureSignPending]:
        opened: tuple[SecureSignSession, SecureSignPending] = _run(self._api.session, request)
        return opened


class _Call:
    """A call under way: the hub that waits for it, which is also the hub that its questions for a store are asked in."""

    def __init__(self) -> None:
        self._due: deque[tuple[Callable[..., object], tuple[object, ...]]] = deque()
        self._ended: Any = AsyncResult()
        # While it is there, the hub knows that something is still to come.
        self._waker = gevent.get_hub().loop.async_()
        self._waker.start(self._wake)

    def soon(self, work: Callable[..., object], *arguments: object) -> None:
        """Calls ``work`` in the hub; from any thread."""
        self._due.append((work, arguments))
        self._waker.send()

    def done(self, value: object, error: BaseException | None) -> None:
        """What the background calls at the end, on its own thread."""
        self.soon(self._settle, value, error)

    def wait(self) -> None:
        self._ended.wait()

    def end(self) -> Any:
        """The value, or the error."""
        value, error = self._ended.get()
        if error is not None:
            raise error
        return value

    def _wake(self) -> None:
        # One signal may stand for several.
        while self._due:
            work, arguments = self._due.popleft()
            work(*arguments)

    def _settle(self, value: object, error: BaseException | None) -> None:
        self._waker.stop()
        self._waker.close()
        self._ended.set((value, error))


def _run(start: Callable[..., Job], *arguments: object) -> Any:
    call = _Call()
    job = start(call, *arguments)
    try:
        return call.end()
    finally:
        job.stop()


def _asker(store: OnceStore) -> Callable[[_Call, str, str, int, StoreReply], None]:
    def ask(caller: _Call, operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        caller.soon(gevent.spawn, answer, operation, key, until_ms, reply)

    def answer(operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        with answered(reply):
            call_at_once(store, operation, key, until_ms)

    return ask
