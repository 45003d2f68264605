"""Logins against the emulator, blocking and with asyncio."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from conftest import service_at

from countermark import (
    AsyncLoginClient,
    AuthSession,
    CountermarkError,
    LoginClient,
    LoginError,
    LoginService,
    MemoryReplayStore,
    Outcome,
    ReplayError,
    SealKey,
    SessionSealer,
    TransportError,
)
from countermark.testing import IdServer


def test_approved_once(countermark_id_server: IdServer, service: LoginService) -> None:
    with LoginClient(service) as client:
        challenge = client.begin("  Alice ")
        assert challenge.session.secsign_id == "alice"
        assert challenge.access_pass is not None
        assert challenge.access_pass.png.startswith(b"\x89PNG")
        assert client.check(challenge.session).kind is Outcome.PENDING
        countermark_id_server.act(challenge.session.auth_session_id, "approve")
        outcome = client.wait(challenge.session)
        assert outcome.kind == Outcome.APPROVED
        assert outcome.require_approved() == "alice"
        with pytest.raises(ReplayError) as refused:
            client.check(challenge.session)
        assert refused.value.code == "ALREADY_CONSUMED"


def test_denied_is_an_outcome(countermark_id_server: IdServer, service: LoginService) -> None:
    client = LoginClient(service)
    session = client.begin("alice").session
    countermark_id_server.act(session.auth_session_id, "deny")
    outcome = client.check(session)
    assert outcome.kind is Outcome.DENIED
    with pytest.raises(LoginError) as refused:
        outcome.require_approved()
    assert refused.value.code == "LOGIN_DENIED"
    with pytest.raises(TypeError):
        bool(outcome)


def test_busy_until_canceled(service: LoginService) -> None:
    client = LoginClient(service)
    session = client.begin("alice").session
    with pytest.raises(LoginError, match="already open") as refused:
        client.begin("ALICE")
    assert (refused.value.code, refused.value.number, refused.value.retryable) == ("BUSY", 4006, True)
    client.cancel(session)
    client.begin("alice")


def test_wait_gives_the_last_outcome_at_its_timeout(service: LoginService) -> None:
    client = LoginClient(service)
    session = client.begin("alice").session
    started = time.monotonic()
    assert client.wait(session, timeout=0.3).kind is Outcome.PENDING
    assert time.monotonic() - started < 60


def test_a_closed_client_and_nobody_there(service: LoginService) -> None:
    client = LoginClient(service)
    client.close()
    with pytest.raises(CountermarkError) as refused:
        client.begin("alice")
    assert refused.value.code == "WRONG_STATE"
    nobody = LoginService(server="http://127.0.0.1:1", service_name="Example", service_address="https://example.com")
    with pytest.raises(TransportError) as unreachable:
        LoginClient(nobody).begin("alice")
    assert (unreachable.value.code, unreachable.value.retryable) == ("NETWORK", True)


def test_tls_is_checked() -> None:
    with IdServer("--tls", "localhost") as server:
        service = LoginService(
            server=server.server.rstrip("/"), service_name="Example", service_address="https://example.com"
        )
        with pytest.raises(TransportError) as refused:
            LoginClient(service).begin("alice")
        assert refused.value.code == "TLS"
        assert LoginClient(service, extra_roots_pem=server.ca_pem).begin("alice").session.secsign_id == "alice"


def test_errors_state_what_the_server_said(service: LoginService, countermark_id_server: IdServer) -> None:
    countermark_id_server.control("PATCH", "/policy", {"any_id": False})
    with pytest.raises(CountermarkError) as refused:
        LoginClient(service).begin("nobody")
    assert refused.value.code == "UNKNOWN_ID"
    assert refused.value.server_error is not None


def test_nothing_secret_is_logged(
    service: LoginService, countermark_id_server: IdServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = LoginClient(service)
    challenge = client.begin("alice-in-wonderland")
    countermark_id_server.act(challenge.session.auth_session_id, "approve")
    outcome = client.wait(challenge.session)
    with pytest.raises(ReplayError):
        client.check(challenge.session)
    [session] = countermark_id_server.control("GET", "/sessions?secsignid=alice-in-wonderland")
    shown = caplog.text + repr([client, challenge, challenge.session, outcome, service])
    assert "login approved" in caplog.text and "ALREADY_CONSUMED" in caplog.text
    for secret in ("alice-in-wonderland", session["requestid"], challenge.session.auth_session_id):
        assert secret not in shown


def test_sealed_for_one_visitor(service: LoginService) -> None:
    session = LoginClient(service).begin("alice").session
    sealer = SessionSealer(
        [SealKey("1", b"k" * 32)], service_name="Example", service_address="https://example.com"
    )
    token = sealer.seal(session, "cookie")
    assert sealer.open(token, "cookie").auth_session_id == session.auth_session_id
    with pytest.raises(CountermarkError) as refused:
        sealer.open(token, "another")
    assert refused.value.code == "UNKNOWN_HANDLE"


class Store:
    """A store of Python's, which remembers what it was asked."""

    def __init__(self) -> None:
        self.memory = MemoryReplayStore()
        self.asked: list[str] = []

    def reserve(self, key: str, until_ms: int) -> None:
        self.asked.append("reserve")
        self.memory.reserve(key, until_ms)

    def release(self, key: str) -> bool:
        self.asked.append("release")
        return self.memory.release(key)


class AsyncStore(Store):
    """The same with coroutines, which must run in the event loop."""

    async def reserve(self, key: str, until_ms: int) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        super().reserve(key, until_ms)

    async def release(self, key: str) -> bool:  # type: ignore[override]
        await asyncio.sleep(0)
        return super().release(key)


class BrokenStore(Store):
    def reserve(self, key: str, until_ms: int) -> None:
        raise OSError("no store")


def test_own_store(service: LoginService, countermark_id_server: IdServer) -> None:
    store = Store()
    first, second = LoginClient(service, store=store), LoginClient(service, store=store)
    session = first.begin("alice").session
    with pytest.raises(LoginError):
        second.begin("alice")
    countermark_id_server.act(session.auth_session_id, "approve")
    assert second.check(session).kind is Outcome.APPROVED
    with pytest.raises(ReplayError):
        first.check(session)
    assert store.asked == ["reserve", "reserve", "reserve", "release", "reserve"]


def test_a_broken_store_refuses(service: LoginService, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CountermarkError) as refused:
        LoginClient(service, store=BrokenStore()).begin("alice")
    assert refused.value.code == "STORE_UNAVAILABLE"
    assert "no store" in caplog.text


class UntidyStore(Store):
    """Its server goes when a login has ended."""

    def release(self, key: str) -> bool:
        super().release(key)
        raise OSError("no store")


class AsyncUntidyStore(UntidyStore):
    async def reserve(self, key: str, until_ms: int) -> None:  # type: ignore[override]
        super().reserve(key, until_ms)

    async def release(self, key: str) -> bool:  # type: ignore[override]
        return super().release(key)


def test_an_approval_is_not_lost_where_the_store_fails_after_it(
    service: LoginService, countermark_id_server: IdServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The login is proved: what follows only tidies up."""
    store = UntidyStore()
    client = LoginClient(service, store=store)
    session = client.begin("alice").session
    countermark_id_server.act(session.auth_session_id, "approve")
    assert client.check(session).require_approved() == "alice"
    assert store.asked[-1] == "release" and "the store failed" in caplog.text

    async def run() -> None:
        store = AsyncUntidyStore()
        client = AsyncLoginClient(service, store=store)
        session = (await client.begin("bob")).session
        countermark_id_server.act(session.auth_session_id, "approve")
        assert (await client.wait(session)).require_approved() == "bob"
        assert store.asked[-1] == "release"

    asyncio.run(run())


@pytest.mark.parametrize("fault", ["html-502", "drop-after", "reset", "gone"])
def test_a_release_that_the_server_does_not_answer_is_none_of_the_sites_concern(fault: str) -> None:
    with IdServer("--fault", f"release:{fault}") as server:
        client = LoginClient(service_at(server))
        session = client.begin("alice").session
        server.act(session.auth_session_id, "approve")
        assert client.wait(session).require_approved() == "alice"
        client.release(session)
        assert [exchange["request"] for exchange in server.transcript()][-1] == "release"


class FalseStore(Store):
    """With the contract of other languages: what is taken is no error there."""

    def reserve(self, key: str, until_ms: int) -> bool:  # type: ignore[override]
        try:
            super().reserve(key, until_ms)
        except ReplayError:
            return False
        return True


class AsyncFalseStore(FalseStore):
    async def reserve(self, key: str, until_ms: int) -> bool:  # type: ignore[override]
        return super().reserve(key, until_ms)

    async def release(self, key: str) -> bool:  # type: ignore[override]
        return super().release(key)


def test_a_store_that_says_false_has_taken_nothing(service: LoginService, countermark_id_server: IdServer) -> None:
    client = LoginClient(service, store=FalseStore())
    session = client.begin("alice").session
    with pytest.raises(LoginError):
        client.begin("alice")
    countermark_id_server.act(session.auth_session_id, "approve")
    assert client.check(session).kind is Outcome.APPROVED
    with pytest.raises(ReplayError):
        client.check(session)


@pytest.mark.parametrize("store", [FalseStore, AsyncFalseStore])
def test_async_with_a_store_that_says_false(
    service: LoginService, countermark_id_server: IdServer, store: type[FalseStore]
) -> None:
    async def run() -> None:
        client = AsyncLoginClient(service, store=store())
        session = (await client.begin("alice")).session
        with pytest.raises(LoginError):
            await client.begin("alice")
        countermark_id_server.act(session.auth_session_id, "approve")
        assert (await client.check(session)).kind is Outcome.APPROVED
        with pytest.raises(ReplayError):
            await client.check(session)

    asyncio.run(run())


@pytest.mark.filterwarnings("error")
def test_a_store_that_nobody_awaits_refuses(
    service: LoginService, countermark_id_server: IdServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = LoginClient(service, store=AsyncStore())  # type: ignore[arg-type]
    with pytest.raises(CountermarkError) as refused:
        client.begin("alice")
    assert refused.value.code == "STORE_UNAVAILABLE"
    assert "an asyncio store in a program without asyncio" in caplog.text
    assert countermark_id_server.control("GET", "/sessions?secsignid=alice") == []


def test_own_clock(service: LoginService) -> None:
    client = LoginClient(service, clock=lambda: 1_700_000_000.25)
    assert client.begin("alice").session.created_at_ms == 1_700_000_000_250


@contextmanager
def interrupted() -> Iterator[None]:
    """Ctrl-C in a moment."""
    # What a script starts in the background ignores it, and Python leaves that as it is.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_a_wait_and_withdraws_the_login(
    service: LoginService, countermark_id_server: IdServer
) -> None:
    client = LoginClient(service)
    session = client.begin("alice").session
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), interrupted():
        client.wait(session)
    assert time.monotonic() - started < 60
    assert state_of(countermark_id_server, "alice") == "CANCELED"


STALLED = ("--fault", "start:reply-stalled=3000,times=1")


def test_ctrl_c_in_a_begin_withdraws_the_login() -> None:
    with IdServer(*STALLED) as server:
        client = LoginClient(service_at(server))
        with pytest.raises(KeyboardInterrupt), interrupted():
            client.begin("alice")
        assert state_of(server, "alice") == "CANCELED"
        client.begin("alice")


class Ending(BaseException):
    """No `Exception`, as `KeyboardInterrupt` and `SystemExit` are none."""


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, Ending])
def test_what_is_no_exception_comes_out_of_a_store_and_a_clock(
    service: LoginService, countermark_id_server: IdServer, raised: type[BaseException]
) -> None:
    class EndingStore(Store):
        def __init__(self, turn: int) -> None:
            super().__init__()
            self.turn = turn

        def reserve(self, key: str, until_ms: int) -> None:
            super().reserve(key, until_ms)
            if len(self.asked) == self.turn:
                raise raised

    started = time.monotonic()
    with pytest.raises(raised):
        LoginClient(service, store=EndingStore(1)).begin("alice")
    client = LoginClient(service, store=EndingStore(2))
    session = client.begin("bob").session
    countermark_id_server.act(session.auth_session_id, "approve")
    with pytest.raises(raised):
        client.wait(session)
    # It does not come a second time.
    with pytest.raises(ReplayError):
        client.check(session)

    raising: list[type[BaseException]] = []

    def clock() -> float:
        if raising:
            raise raising.pop()
        return time.time()

    client = LoginClient(service, clock=clock)
    session = client.begin("carol").session
    raising.append(raised)
    with pytest.raises(raised):
        client.wait(session)
    assert state_of(countermark_id_server, "carol") == "CANCELED"
    assert time.monotonic() - started < 60


def state_of(server: IdServer, secsign_id: str) -> str:
    [session] = server.control("GET", f"/sessions?secsignid={secsign_id}")
    return str(session["state_name"])


def test_other_threads_run_while_one_waits(service: LoginService) -> None:
    client = LoginClient(service)
    session = client.begin("alice").session
    waiting = threading.Thread(target=client.wait, args=[session], kwargs={"timeout": 1.0})
    waiting.start()
    turns = 0
    while waiting.is_alive():
        turns += 1
        time.sleep(0.01)
    assert turns > 5


def test_async(service: LoginService, countermark_id_server: IdServer) -> None:
    async def run() -> None:
        async with AsyncLoginClient(service, store=AsyncStore()) as client:
            challenge = await client.begin("alice")
            with pytest.raises(LoginError):
                await client.begin("alice")
            countermark_id_server.act(challenge.session.auth_session_id, "approve")
            outcome = await client.wait(challenge.session)
            assert outcome.require_approved() == "alice"
            with pytest.raises(ReplayError):
                await client.check(challenge.session)
        with pytest.raises(CountermarkError):
            await client.begin("alice")

    asyncio.run(run())


def test_async_with_a_store_that_blocks_or_breaks(service: LoginService) -> None:
    async def run() -> None:
        await AsyncLoginClient(service, store=Store()).begin("alice")
        with pytest.raises(CountermarkError) as refused:
            await AsyncLoginClient(service, store=BrokenStore()).begin("bob")
        assert refused.value.code == "STORE_UNAVAILABLE"

    asyncio.run(run())


def test_a_canceled_wait_withdraws_the_login(service: LoginService, countermark_id_server: IdServer) -> None:
    async def run() -> None:
        client = AsyncLoginClient(service, store=AsyncStore())
        session = (await client.begin("alice")).session
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.wait(session), 0.1)
        assert state_of(countermark_id_server, "alice") == "CANCELED"
        asked = len(countermark_id_server.transcript())
        await asyncio.sleep(3)
        assert len(countermark_id_server.transcript()) == asked

    asyncio.run(run())


def test_a_canceled_begin_withdraws_the_login() -> None:
    with IdServer(*STALLED) as server:

        async def run() -> None:
            async with AsyncLoginClient(service_at(server), store=AsyncStore()) as client:
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.begin("alice"), 0.2)
                assert state_of(server, "alice") == "CANCELED"
                await client.begin("alice")

        asyncio.run(run())


@pytest.mark.parametrize("fault", ["start:reply-stalled=3000", "cancel:reply-stalled=3000"])
def test_a_begin_that_is_canceled_again_and_again_withdraws_the_login(fault: str) -> None:
    with IdServer("--fault", fault) as server:

        async def run() -> None:
            client = AsyncLoginClient(service_at(server))
            task = asyncio.create_task(client.begin("alice"))
            # Before the answer to the start has come.
            await asyncio.sleep(0)
            await canceled_again_and_again(task)

        asyncio.run(run())
        assert state_of(server, "alice") == "CANCELED"


async def canceled_again_and_again(task: asyncio.Task[Any]) -> None:
    for _ in range(3):
        assert not task.done()
        task.cancel()
        await asyncio.sleep(0.1)
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_canceled_check_leaves_the_login_open(service: LoginService, countermark_id_server: IdServer) -> None:
    async def run() -> None:
        client = AsyncLoginClient(service)
        session = (await client.begin("alice")).session
        task = asyncio.create_task(client.check(session))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        countermark_id_server.act(session.auth_session_id, "approve")
        assert (await client.check(session)).kind is Outcome.APPROVED

    asyncio.run(run())


class SlowStore(AsyncStore):
    """Tells when it is asked for the end of a login, and takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.at_the_end = asyncio.Event()

    async def reserve(self, key: str, until_ms: int) -> None:  # type: ignore[override]
        await super().reserve(key, until_ms)
        if len(self.asked) == 2:
            self.at_the_end.set()
            await asyncio.sleep(0.2)


def test_an_approval_that_comes_with_the_cancel_is_not_lost(
    service: LoginService, countermark_id_server: IdServer
) -> None:
    countermark_id_server.plan("approve")

    async def run() -> None:
        store = SlowStore()
        client = AsyncLoginClient(service, store=store)
        session = (await client.begin("alice")).session
        task = asyncio.create_task(client.wait(session))
        await store.at_the_end.wait()
        task.cancel()
        assert (await task).kind is Outcome.APPROVED

    asyncio.run(run())


def test_a_wait_that_is_canceled_again_and_again_withdraws_the_login() -> None:
    with IdServer("--fault", "cancel:reply-stalled=3000") as server:

        async def run() -> None:
            client = AsyncLoginClient(service_at(server))
            session = (await client.begin("alice")).session
            task = asyncio.create_task(client.wait(session))
            await asyncio.sleep(0.1)
            await canceled_again_and_again(task)

        asyncio.run(run())
        assert state_of(server, "alice") == "CANCELED"


BOTH_STALLED = ("--fault", "start:reply-stalled=400", "--fault", "cancel:reply-stalled=400")


def test_anyio_cancels_a_begin() -> None:
    """A scope of anyio cancels in each round of the loop, until it is left."""
    with IdServer(*STALLED, "--fault", "cancel:reply-stalled=400") as server:

        async def run() -> None:
            client = AsyncLoginClient(service_at(server), store=AsyncStore())
            # The loop has its rest meanwhile.
            assert await rounds_of_the_loop(0.2, client.begin("alice")) < 1000
            assert [exchange["request"] for exchange in server.transcript()] == ["start", "cancel"]
            assert state_of(server, "alice") == "CANCELED"
            await client.begin("alice")

        asyncio.run(run())


async def rounds_of_the_loop(after_s: float, call: Any) -> int:
    """How often the loop goes round until a call ends that is canceled by anyio."""
    loop, rounds = asyncio.get_running_loop(), 0
    select = loop._selector.select  # type: ignore[attr-defined]

    def counted(timeout: float | None) -> Any:
        nonlocal rounds
        rounds += 1
        return select(timeout)

    loop._selector.select = counted  # type: ignore[attr-defined]
    with anyio.move_on_after(after_s) as scope:
        await call
    loop._selector.select = select  # type: ignore[attr-defined]
    assert scope.cancelled_caught
    return rounds


def test_anyio_cancels_a_wait() -> None:
    with IdServer("--fault", "cancel:reply-stalled=600") as server:

        async def run() -> None:
            client = AsyncLoginClient(service_at(server), store=AsyncStore())
            session = (await client.begin("alice")).session
            assert await rounds_of_the_loop(0.2, client.wait(session)) < 1000
            assert state_of(server, "alice") == "CANCELED"
            session = (await client.begin("bob")).session
            async with anyio.create_task_group() as group:
                group.start_soon(client.wait, session)
                await anyio.sleep(0.1)
                group.cancel_scope.cancel()
            assert state_of(server, "bob") == "CANCELED"

        asyncio.run(run())


PROGRAM = """
import asyncio, sys
from countermark import AsyncLoginClient, LoginService

async def main():
    # On a busy machine every step may be slow, which the mode for developers tells of.
    asyncio.get_running_loop().slow_callback_duration = 600
    service = LoginService(server=sys.argv[1], service_name="Example", service_address="https://example.com", total_timeout_ms=4000)
    client = AsyncLoginClient(service)
    if sys.argv[2] == "wait":
        call = client.wait((await client.begin("alice")).session)
    else:
        call = client.begin("alice")
    task = asyncio.create_task(call)
    await asyncio.sleep(0.1)
    if sys.argv[2] == "canceled":
        task.cancel()
        await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["begin", "canceled", "wait"])
@pytest.mark.parametrize("faults", [BOTH_STALLED, ("--fault", "start:reply-stalled=700", "--fault", "cancel:reply-stalled")])
def test_the_end_of_a_program_withdraws_what_is_open(how: str, faults: tuple[str, ...]) -> None:
    with IdServer(*faults) as server:
        command = [sys.executable, "-X", "dev", "-c", PROGRAM, server.server.rstrip("/"), how]
        # Where no source is taken for the package. Were it not for the client's own limit, a reply that never comes would hold it for ever.
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parent)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert state_of(server, "alice") == "CANCELED"


def test_one_client_in_the_loops_of_several_threads(service: LoginService) -> None:
    """Each call asks the store in its own loop."""
    asked: list[tuple[int, int]] = []

    class Watched(Store):
        async def reserve(self, key: str, until_ms: int) -> None:  # type: ignore[override]
            asked.append((threading.get_ident(), id(asyncio.get_running_loop())))
            await asyncio.sleep(0.05)
            super().reserve(key, until_ms)

    client = AsyncLoginClient(service, store=Watched())
    failures: list[BaseException] = []
    loops: set[tuple[int, int]] = set()

    async def begin(number: int) -> None:
        loops.add((threading.get_ident(), id(asyncio.get_running_loop())))
        await asyncio.gather(*(client.begin(f"user{number}-{turn}") for turn in range(5)))

    def run(number: int) -> None:
        try:
            asyncio.run(begin(number))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert {pair: asked.count(pair) for pair in loops} == {pair: 5 for pair in loops}


def test_a_thousand_at_once_without_a_thread_each(countermark_id_server: IdServer) -> None:
    # Without a picture, which the emulator would draw a thousand times.
    service = LoginService(
        server=countermark_id_server.server.rstrip("/"),
        service_name="Example",
        service_address="https://example.com",
        show_access_pass=False,
    )
    countermark_id_server.plan("approve", after_polls=1)

    async def run() -> None:
        client = AsyncLoginClient(service)
        turns = asyncio.Semaphore(20)

        async def begin(number: int) -> AuthSession:
            async with turns:
                return (await client.begin(f"user{number}")).session

        begun = await asyncio.gather(*map(begin, range(1000)))
        threads = threading.active_count()
        waiting = asyncio.gather(*(client.wait(session) for session in begun))
        await asyncio.sleep(0.5)
        # Threads of Rust are not Python's, so the system is asked.
        with open("/proc/self/status") as status:
            [all_threads] = [int(line.split()[1]) for line in status if line.startswith("Threads:")]
        assert all_threads < threads + 10
        outcomes = await waiting
        # Each its own: nobody is let in by the approval of another.
        assert [outcome.require_approved() for outcome in outcomes] == [f"user{number}" for number in range(1000)]

    asyncio.run(run())
