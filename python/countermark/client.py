"""The clients for programs without an event loop."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ._native import (
    AuthSession,
    BlockingLogins,
    BlockingSigning,
    Challenge,
    LoginOutcome,
    LoginService,
    SecureSignClient,
    SecureSignPending,
    SecureSignRequest,
    SecureSignSession,
    SecureSignValidation,
    StoreReply,
)
from ._said import at_once, reserved
from .errors import CountermarkError

if TYPE_CHECKING:
    from types import TracebackType

    from ._gevent import GreenLogins, GreenSigning
    from ._native import _Platform
    from .stores import AsyncOnceStore, OnceStore

log = logging.getLogger("countermark")
log.addHandler(logging.NullHandler())


class LoginClient:
    """Logs users in with SecSign ID, with calls that block.

    A client holds no login: ``begin`` hands out a session, and every other call takes one. So it may be shared between threads
    and used for any number of logins. It has no thread and no open connection between two calls, so a process may fork at any
    time between them.

    ``store`` guards against two open logins for one ID, and against using an approval twice. The default is the memory of this
    process; several processes need one store, such as `countermark.stores.RedisStore`. ``extra_roots_pem`` are root
    certificates of an on-premise server, trusted beside those of the platform. ``clock`` gives Unix seconds; it must go on, since
    ``wait`` sleeps and ends by it.

    Where gevent has patched the program, a call waits as a greenlet, and ``store`` is asked in another of the same hub. `gevent.Timeout` and
    `gevent.kill` end a call as Ctrl-C does.

    What a store raises is ``STORE_UNAVAILABLE``, and logged, unless it is a `CountermarkError`. What is no `Exception`, such as that of
    Ctrl-C, comes out of the call, from a store or a clock alike.
    """

    def __init__(
        self,
        service: LoginService,
        *,
        store: OnceStore | None = None,
        extra_roots_pem: str | bytes | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.service = service
        ask = None if store is None else _asker(store)
        self._blocking = BlockingLogins(service, extra_roots_pem=extra_roots_pem, store=ask, clock=clock)
        self._of_greenlets: list[GreenLogins] = []
        self._settings: dict[str, Any] = {"store": store, "extra_roots_pem": extra_roots_pem, "clock": clock}

    @property
    def _logins(self) -> BlockingLogins | GreenLogins:
        if not is_patched():
            return self._blocking
        if not self._of_greenlets:
            from ._gevent import GreenLogins

            # Of two threads that come at once, both take the first.
            self._of_greenlets.append(GreenLogins(self.service, **self._settings))
        return self._of_greenlets[0]

    def begin(self, secsign_id: str) -> Challenge:
        """Starts a login: the user's phone shows it, and the access pass is to be shown on the page.

        ``BUSY`` when a login for the ID is open: two suspend each other, and the server freezes the ID.

        If a signal handler raises meanwhile, as Ctrl-C does, the start is finished and the login withdrawn, or the ID would stay ``BUSY``; a
        second Ctrl-C ends that too.
        """
        with logged("begin"):
            return self._logins.begin(secsign_id)

    def check(self, session: AuthSession) -> LoginOutcome:
        """Asks the server once. An approval is given out once; whoever asks again gets ``ALREADY_CONSUMED``."""
        with logged("check"):
            return note(self._logins.check(session))

    def wait(self, session: AuthSession, *, timeout: float | None = None) -> LoginOutcome:
        """Asks until the user has decided, the session has expired, or ``timeout`` seconds have passed.

        If a signal handler raises, as Ctrl-C does, the login is withdrawn first, so that the phone stops asking; a second Ctrl-C ends
        that too.
        """
        with logged("wait"):
            return note(self._logins.wait(session, timeout))

    def cancel(self, session: AuthSession) -> None:
        """Withdraws the login, so that the phone stops asking."""
        with logged("cancel"):
            self._logins.cancel(session)

    def release(self, session: AuthSession) -> None:
        """Gives an approved session back to an own server that wants it."""
        with logged("release"):
            self._logins.release(session)

    def close(self) -> None:
        """Ends the client: every later call is ``WRONG_STATE``."""
        self._blocking.close()
        self._logins.close()

    def __enter__(self) -> LoginClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<LoginClient>"


class SecureSign:
    """Asks SecureSign over the network, with calls that block. Nothing is sent twice."""

    def __init__(self, client: SecureSignClient, *, extra_roots_pem: str | bytes | None = None) -> None:
        self.client = client
        self._blocking = BlockingSigning(client, extra_roots_pem=extra_roots_pem)
        self._roots = extra_roots_pem

    @property
    def _api(self) -> BlockingSigning | GreenSigning:
        if not is_patched():
            return self._blocking
        from ._gevent import GreenSigning

        return GreenSigning(self.client, extra_roots_pem=self._roots)

    def validate(self, origin: str, platform: _Platform) -> SecureSignValidation:
        """Asks whether key, tenant and origin are good."""
        with logged("validate"):
            return self._api.validate(origin, platform)

    def session(self, request: SecureSignRequest) -> tuple[SecureSignSession, SecureSignPending]:
        """Opens a signing session. Keep the second value on the server until the callback comes."""
        with logged("session"):
            return self._api.session(request)

    def __repr__(self) -> str:
        return "<SecureSign>"


def is_patched() -> bool:
    """Whether gevent runs this program: only imported, it blocks as ever."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and any(monkey.is_module_patched(name) for name in ("socket", "threading"))


@contextmanager
def logged(task: str) -> Iterator[None]:
    """Logs a refusal, which holds nothing secret."""
    try:
        yield
    except CountermarkError as error:
        log.warning("%s: %s (%s %d)", task, error, error.code, error.number)
        raise


def note(outcome: LoginOutcome) -> LoginOutcome:
    """Logs an outcome, without the ID."""
    log.info("login %s", outcome.name)
    return outcome


def call(store: OnceStore | AsyncOnceStore, operation: str, key: str, until_ms: int) -> object:
    """Asks a store; what an asyncio store gives is to be awaited."""
    return store.reserve(key, until_ms) if operation == "reserve" else store.release(key)


def call_at_once(store: OnceStore, operation: str, key: str, until_ms: int) -> None:
    """Asks a store where nothing can be awaited."""
    said = at_once(call(store, operation, key, until_ms))
    if operation == "reserve":
        reserved(said)


@contextmanager
def answered(reply: StoreReply) -> Iterator[None]:
    """Tells what became of asking a store."""
    try:
        yield
    except CountermarkError as error:
        if error.detail:
            # The call is refused with the code alone.
            log.warning("the store refused: %s", error)
        reply.refuse(error.code)
    except Exception:
        log.exception("the store failed")
        reply.refuse("STORE_UNAVAILABLE")
    else:
        reply.done()


def _asker(store: OnceStore) -> Callable[[None, str, str, int, StoreReply], None]:
    def ask(_: None, operation: str, key: str, until_ms: int, reply: StoreReply) -> None:
        with answered(reply):
            call_at_once(store, operation, key, until_ms)

    return ask
