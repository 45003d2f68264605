"""The clients for asyncio. One thread in the background serves all of them; it starts at the first call."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._native import (
    AsyncLogins,
    AsyncSigning,
    AuthSession,
    Challenge,
    Job,
    LoginOutcome,
    LoginService,
    SecureSignClient,
    SecureSignPending,
    SecureSignRequest,
    SecureSignSession,
    SecureSignValidation,
    StoreReply,
)
from .client import log, logged, note
from .errors import CountermarkError

if TYPE_CHECKING:
    from types import TracebackType

    from ._native import _Platform
    from .stores import AsyncReplayStore, ReplayStore


class AsyncLoginClient:
    """`LoginClient` for asyncio: the same calls, to be awaited.

    A thousand logins may wait at once: they are asked in the background, and the event loop hears of each once, at its end.
    A task that is canceled stops asking, and leaves its login open. ``store`` may be an `AsyncReplayStore`; its coroutines run
    in the event loop of the call. A forked child makes its own connections.
    """

    def __init__(
        self,
        service: LoginService,
        *,
        store: ReplayStore | AsyncReplayStore | None = None,
        extra_roots_pem: str | bytes | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.service = service
        ask = None if store is None else _Asker(store)
        self._asker = ask
        self._logins = AsyncLogins(service, extra_roots_pem=extra_roots_pem, store=ask, clock=clock)

    async def begin(self, secsign_id: str) -> Challenge:
        """Starts a login; see `LoginClient.begin`."""
        with logged("begin"):
            challenge: Challenge = await self._run(self._logins.begin, secsign_id)
            return challenge

    async def check(self, session: AuthSession) -> LoginOutcome:
        """Asks the server once; see `LoginClient.check`."""
        with logged("check"):
            return note(await self._run(self._logins.check, session))

    async def wait(self, session: AuthSession, *, timeout: float | None = None) -> LoginOutcome:
        """Asks until the user has decided, the session has expired, or ``timeout`` seconds have passed."""
        with logged("wait"):
            return note(await self._run(self._logins.wait, session, timeout))

    async def cancel(self, session: AuthSession) -> None:
        """Withdraws the login, so that the phone stops asking."""
        with logged("cancel"):
            await self._run(self._logins.cancel, session)

    async def release(self, session: AuthSession) -> None:
        """Gives an approved session back to an own server that wants it."""
        with logged("release"):
            await self._run(self._logins.release, session)

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

    async def _run(self, start: Callable[..., Job], *arguments: object) -> Any:
        if self._asker is not None:
            self._asker.loop = asyncio.get_running_loop()
        return await _run(start, *arguments)

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


async def _run(start: Callable[..., Job], *arguments: object) -> Any:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(value: object, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    def done(value: object, error: BaseException | None) -> None:
        loop.call_soon_threadsafe(settle, value, error)

    job = start(done, *arguments)
    try:
        return await future
    finally:
        job.cancel()


class _Asker:
    """Asks a store in the event loop, so that none of its code runs on another thread."""

    loop: asyncio.AbstractEventLoop

    def __init__(self, store: ReplayStore | AsyncReplayStore) -> None:
        self._store = store
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        self.loop.call_soon_threadsafe(self._start, operation, key, until_ms, reply)

    def _start(self, operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        task = self.loop.create_task(self._answer(operation, key, until_ms, reply))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        try:
            call = self._store.reserve(key, until_ms) if operation == "reserve" else self._store.release(key)
            if inspect.isawaitable(call):
                await call
        except CountermarkError as error:
            reply.refuse(error.code)
        except Exception:
            log.exception("the store failed")
            reply.refuse("STORE_UNAVAILABLE")
        else:
            reply.done()
