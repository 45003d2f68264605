"""The clients for asyncio. One thread in the background serves all of them; it starts at the first call."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

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
from ._said import reserved
from ._shield import shield
from .client import answered, call, logged, note
from .errors import CountermarkError

if TYPE_CHECKING:
    from types import TracebackType

    from ._native import _Platform
    from .stores import AsyncOnceStore, OnceStore


class AsyncLoginClient:
    """`LoginClient` for asyncio: the same calls, to be awaited.

    A thousand logins may wait at once: they are asked in the background, and the event loop hears of each once, at its end.
    A ``begin`` or ``wait`` that is canceled withdraws its login first, so that the phone stops asking; every other call just stops.
    ``store`` may be an `AsyncOnceStore`; its coroutines run in the event loop of the call. A forked child makes its own connections.
    """

    def __init__(
        self,
        service: LoginService,
        *,
        store: OnceStore | AsyncOnceStore | None = None,
        extra_roots_pem: str | bytes | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.service = service
        ask = None if store is None else _asker(store)
        self._logins = AsyncLogins(service, extra_roots_pem=extra_roots_pem, store=ask, clock=clock)

    async def begin(self, secsign_id: str) -> Challenge:
        """Starts a login; see `LoginClient.begin`.

        To be canceled takes the time of the start and of the withdrawal, however often it is canceled meanwhile.
        """
        with logged("begin"):
            call = _Call()
            job = self._logins.begin(call, secsign_id)
            try:
                challenge: Challenge = await call.shielded()
            except asyncio.CancelledError:
                # Nobody would know the session that the server has by now or in a moment, and the ID would be `BUSY`.
                with suppress(CountermarkError):
                    challenge = await call.to_the_end()
                    withdrawal = _Call()
                    self._logins.cancel(withdrawal, challenge.session)
                    await withdrawal.to_the_end()
                raise
            finally:
                job.stop()
            return challenge

    async def check(self, session: AuthSession) -> LoginOutcome:
        """Asks the server once; see `LoginClient.check`."""
        with logged("check"):
            return note(await _run(self._logins.check, session))

    async def wait(self, session: AuthSession, *, timeout: float | None = None) -> LoginOutcome:
        """Asks until the user has decided, the session has expired, or ``timeout`` seconds have passed.

        To be canceled takes the time of that last exchange with the server, however often it is canceled meanwhile.
        """
        with logged("wait"):
            call = _Call()
            job = self._logins.wait(call, session, timeout)
            try:
                outcome: LoginOutcome = await call.shielded()
            except asyncio.CancelledError:
                job.cancel()
                with suppress(CountermarkError):
                    outcome = await call.to_the_end()
                    if outcome.kind is Outcome.APPROVED:
                        # It is used by now, and could not be had again.
                        return note(outcome)
                raise
            finally:
                job.stop()
            return note(outcome)

    async def cancel(self, session: AuthSession) -> None:
        """Withdraws the login, so that the phone stops asking."""
        with logged("cancel"):
            await _run(self._logins.cancel, session)

    async def release(self, session: AuthSession) -> None:
        """Gives an approved session back to an own server that wants it."""
        with logged("release"):
            await _run(self._logins.release, session)

    async def close(self) -> None:
        """Ends the client: every later call is ``WRONG_STATE``."""
        self._logins.close()

    async def __aenter__(self) -> AsyncLoginClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return "<AsyncLoginClient>"


class AsyncSecureSign:
    """`SecureSign` for asyncio."""

    def __init__(self, client: SecureSignClient, *, extra_roots_pem: str | bytes | None = None) -> None:
        self.client = client
        self._api = AsyncSigning(client, extra_roots_pem=extra_roots_pem)

    async def validate(self, origin: str, platform: _Platform) -> SecureSignValidation:
        """Asks whether key, tenant and origin are good."""
        with logged("validate"):
            validation: SecureSignValidation = await _run(self._api.validate, origin, platform)
            return validation

    async def session(self, request: SecureSignRequest) -> tuple[SecureSignSession, SecureSignPending]:
        """Opens a signing session. Keep the second value on the server until the callback comes."""
        with logged("session"):
            opened: tuple[SecureSignSession, SecureSignPending] = await _run(self._api.session, request)
            return opened

    def __repr__(self) -> str:
        return "<AsyncSecureSign>"


class _Call:
    """A call under way: the loop that waits for it, which is also the loop that its questions for a store are asked in."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._ended: asyncio.Future[tuple[object, BaseException | None]] = self.loop.create_future()

    def soon(self, work: Callable[..., object], *arguments: object) -> None:
        """Calls ``work`` in the loop; from any thread."""
        self.loop.call_soon_threadsafe(work, *arguments, context=self._context)

    def done(self, value: object, error: BaseException | None) -> None:
        """What the background calls at the end, on its own thread."""
        self.soon(self._settle, value, error)

    async def end(self) -> Any:
        """The value, or the error."""
        return _value(await self._ended)

    async def shielded(self) -> Any:
        """The same; whoever is canceled meanwhile may await it again."""
        return _value(await asyncio.shield(self._ended))

    async def to_the_end(self) -> Any:
        """The same, for whoever is canceled: a scope of anyio cancels again and again until it is left, and the end of a loop once more.

        The requests of the background have an end of their own.
        """
        with shield():
            while not self._ended.done():
                with suppress(asyncio.CancelledError):
                    # Unlike a task, a future is not canceled by the end of the loop.
                    await asyncio.wait({self._ended})
        return _value(self._ended.result())

    def _settle(self, value: object, error: BaseException | None) -> None:
        if not self._ended.done():
            self._ended.set_result((value, error))


def _value(end: tuple[object, BaseException | None]) -> object:
    value, error = end
    if error is not None:
        raise error
    return value


async def _run(start: Callable[..., Job], *arguments: object) -> Any:
    call = _Call()
    job = start(call, *arguments)
    try:
        return await call.end()
    finally:
        job.stop()


def _asker(store: OnceStore | AsyncOnceStore) -> Callable[[_Call, str, str, int, StoreReply], None]:
    """Asks a store in the event loop of the call, so that none of its code runs on another thread."""
    # A loop holds its tasks weakly.
    tasks: set[asyncio.Task[None]] = set()

    def ask(caller: _Call, operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        caller.soon(begin, operation, key, until_ms, reply)

    def begin(operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        task = asyncio.get_running_loop().create_task(answer(operation, key, until_ms, reply))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def answer(operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        with answered(reply):
            said = call(store, operation, key, until_ms)
            if inspect.isawaitable(said):
                said = await said
            if operation == "reserve":
                reserved(said)

    return ask
