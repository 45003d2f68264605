"""Forks, threads, interpreters and memory."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from countermark import (
    AsyncLoginClient,
    CountermarkError,
    LoginClient,
    LoginService,
    MemoryReplayStore,
    QueryKey,
    QueryProfile,
    SignedQueryVerifier,
    WebhookKey,
    WebhookVerifier,
)
from countermark.testing import IdServer, sign_query, sign_webhook

KEY = QueryKey("1", "a secret of at least twenty characters")


def in_a_child(work: object) -> int:
    """Runs `work` in a forked child; gives its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()  # type: ignore[operator]
            code = 0
        finally:
            os._exit(code)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -1


def test_a_blocking_client_survives_a_fork(service: LoginService) -> None:
    client = LoginClient(service)
    client.begin("parent")
    assert in_a_child(lambda: client.begin("child")) == 0
    client.begin("parent2")


def test_an_asyncio_client_survives_a_fork(service: LoginService) -> None:
    """The child gets a thread and connections of its own; those of the parent go on."""

    async def begin(client: AsyncLoginClient, name: str) -> None:
        await client.begin(name)

    client = AsyncLoginClient(service)
    asyncio.run(begin(client, "parent"))
    assert in_a_child(lambda: asyncio.run(begin(client, "child"))) == 0
    asyncio.run(begin(client, "parent2"))


def test_a_child_may_drop_the_clients_of_its_parent(service: LoginService) -> None:
    """Their connections and locks are the parent's: to close them would take them from it."""

    async def begin(client: AsyncLoginClient, name: str) -> None:
        await client.begin(name)

    def drop() -> None:
        clients.clear()
        gc.collect()

    clients = [AsyncLoginClient(service) for _ in range(10)]
    for number, client in enumerate(clients):
        asyncio.run(begin(client, f"before{number}"))
    for turn in range(5):
        assert in_a_child(drop) == 0
        for number, client in enumerate(clients):
            asyncio.run(begin(client, f"after{turn}-{number}"))


STARTS_AT_ONCE = """
import asyncio, sys, threading
from countermark import AsyncLoginClient, LoginService

sys.setswitchinterval(1e-6)
service = LoginService(server=sys.argv[1], service_name="Example", service_address="https://example.com")
client = AsyncLoginClient(service)
barrier = threading.Barrier(8)

async def begin(number):
    barrier.wait()
    await client.begin(f"user{number}")

threads = [threading.Thread(target=lambda number=number: asyncio.run(begin(number))) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_the_first_calls_of_several_threads_do_not_wait_for_each_other(countermark_id_server: IdServer) -> None:
    for _ in range(5):
        command = [sys.executable, "-I", "-c", STARTS_AT_ONCE, countermark_id_server.server.rstrip("/")]
        subprocess.run(command, check=True, timeout=60)
        countermark_id_server.control("POST", "/reset")


def test_a_fork_while_another_thread_verifies() -> None:
    """No lock of ours may be held for ever in the child."""
    store, stop = MemoryReplayStore(), threading.Event()

    def busy(name: int) -> None:
        while not stop.is_set():
            store.reserve(f"key{name}", 4_000_000_000_000)
            store.release(f"key{name}")

    threads = [threading.Thread(target=busy, args=[name]) for name in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            assert in_a_child(lambda: store.reserve(f"child{os.getpid()}", 4_000_000_000_000)) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def verify_in_pool(number: int) -> str:
    verifier = SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [KEY], audience="here")
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"number": str(number)}, audience="here")
    return verifier.verify(query)["number"]


def refuse_in_pool(_: int) -> None:
    raise CountermarkError("REPLAYED", "detail")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(method: str) -> None:
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(verify_in_pool, range(10)) == [str(number) for number in range(10)]
        with pytest.raises(CountermarkError, match="detail") as refused:
            pool.map(refuse_in_pool, [1])
        assert (refused.value.code, type(refused.value).__name__) == ("REPLAYED", "ReplayError")


GUNICORN_APP = """
from countermark import LoginClient, LoginService
import os

client = LoginClient(LoginService(
    server=os.environ["ID_SERVER"], service_name="Example", service_address="https://example.com"))
client.begin("preloaded")

def app(environ, start_response):
    session = client.begin(f"user{os.getpid()}-{environ['QUERY_STRING']}").session
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()}".encode()]
"""


def test_gunicorn_with_preload(countermark_id_server: IdServer, tmp_path: Path) -> None:
    (tmp_path / "preloaded_app.py").write_text(GUNICORN_APP)
    address = tmp_path / "address"
    config = tmp_path / "gunicorn.conf.py"
    config.write_text(
        "bind = '127.0.0.1:0'\nworkers = 2\npreload_app = True\n"
        "def when_ready(server):\n"
        f"    open({str(address)!r}, 'w').write(str(server.LISTENERS[0].sock.getsockname()[1]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(config), "preloaded_app:app"],
        cwd=tmp_path,
        env={**os.environ, "ID_SERVER": countermark_id_server.server.rstrip("/")},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (address.exists() and address.read_text()):
            assert process.poll() is None
            time.sleep(0.05)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        workers = {
            opener.open(f"http://127.0.0.1:{address.read_text()}/?{number}", timeout=30).read()
            for number in range(20)
        }
        assert workers and str(os.getpid()).encode() not in workers
    finally:
        process.terminate()
        process.wait()


def test_one_verifier_in_many_threads() -> None:
    verifier = WebhookVerifier("github", [WebhookKey("1", "a secret")])
    bodies = [os.urandom(length) for length in (0, 100, 20_000, 300_000)]
    requests = [(sign_webhook("github", "a secret", body).headers, body) for body in bodies]

    def verify(number: int) -> bool:
        headers, body = requests[number % len(requests)]
        return verifier.verify(headers, body).body is body

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(verify, range(2_000)))


def test_another_interpreter_is_refused_clearly() -> None:
    program = (
        "import countermark, _xxsubinterpreters as interpreters\n"
        "try:\n"
        "    interpreters.run_string(interpreters.create(), 'import countermark')\n"
        "except interpreters.RunFailedError as error:\n"
        "    print(error)\n"
    )
    if sys.version_info >= (3, 13):
        program = (
            "import countermark, _interpreters as interpreters\n"
            "print(interpreters.run_string(interpreters.create(), 'import countermark').formatted)\n"
        )
    shown = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert "ImportError" in shown.stdout and "subinterpreter" in shown.stdout


def resident_kib() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_memory_is_flat_over_100_000_verifications() -> None:
    verifier = WebhookVerifier("github", [WebhookKey("1", "a secret")])
    queries = SignedQueryVerifier(QueryProfile.COUNTERMARK_V1, [KEY], audience="here")
    body = b"x" * 1_000
    headers = dict(sign_webhook("github", "a secret", body).headers)
    query = sign_query(QueryProfile.COUNTERMARK_V1, KEY, {"name": "value"}, audience="here")

    def turn(count: int) -> None:
        for _ in range(count):
            assert verifier.verify(headers, body).body is body
            verifier.verify(headers, bytearray(body))
            assert queries.verify(query)["name"] == "value"
            try:
                verifier.verify(headers, b"forged")
            except CountermarkError as error:
                assert error.code == "SIGNATURE_MISMATCH"

    def growth() -> int:
        gc.collect()
        before = resident_kib()
        turn(25_000)
        gc.collect()
        return resident_kib() - before

    turn(2_500)
    # A leak shows in each round; what the allocator keeps for once does not.
    assert any(growth() < 2_000 for _ in range(3))


def test_nothing_starts_at_import() -> None:
    program = (
        "import sys, threading, countermark\n"
        "assert not {'asyncio', 'hashlib', 'hmac', 'logging', 'ssl'} & set(sys.modules), sys.modules\n"
        "[threads] = [line for line in open('/proc/self/status') if line.startswith('Threads:')]\n"
        "assert threads.split()[1] == '1', threads\n"
    )
    subprocess.run([sys.executable, "-I", "-c", program], check=True)


EXIT_WHILE_WAITING = """
import asyncio, sys
from countermark import AsyncLoginClient, LoginService

async def main():
    service = LoginService(server=sys.argv[1], service_name="Example", service_address="https://example.com")
    client = AsyncLoginClient(service)
    sessions = [(await client.begin(f"user{number}")).session for number in range(20)]
    for session in sessions:
        asyncio.ensure_future(client.check(session))
        asyncio.ensure_future(client.wait(session))
    await asyncio.sleep(0)

asyncio.run(main())
"""


def test_an_interpreter_ends_while_calls_are_under_way(countermark_id_server: IdServer) -> None:
    for _ in range(5):
        command = [sys.executable, "-I", "-c", EXIT_WHILE_WAITING, countermark_id_server.server.rstrip("/")]
        subprocess.run(command, check=True, timeout=60)
        countermark_id_server.control("POST", "/reset")
