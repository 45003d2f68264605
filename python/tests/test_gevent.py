"""Logins in greenlets: while one waits, the others go on. gevent patches a whole process, so each test is a program of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from countermark.testing import IdServer

BEGINNING = """
from gevent import monkey
monkey.patch_all()
import gevent, sys, time
import redis
from countermark import CountermarkError, LoginClient, LoginService, MemoryReplayStore
from countermark.stores import RedisStore

server, port = sys.argv[1], int(sys.argv[2])
service = LoginService(server=server, service_name="Example", service_address="https://example.com")
ticks = []

def tick():
    while True:
        ticks.append(time.monotonic())
        gevent.sleep(0.01)

gevent.spawn(tick)

class Yielding:
    def __init__(self):
        self.memory = MemoryReplayStore()

    def reserve(self, key, until_ms):
        gevent.sleep(0.02)
        self.memory.reserve(key, until_ms)
        gevent.sleep(0.02)

    def release(self, key):
        gevent.sleep(0.02)
        return self.memory.release(key)

def all_of(work, count=20):
    greenlets = [gevent.spawn(work, number) for number in range(count)]
    gevent.joinall(greenlets, raise_error=True)
    return [greenlet.value for greenlet in greenlets]

def all_at_once(work, count=20):
    # None ends before all have begun, however slow the machine is: a call that blocked would let no other begin.
    under_way, most = 0, 0

    def counted(number):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return work(number)
        finally:
            under_way -= 1

    values = all_of(counted, count)
    assert most == count, most
    return values
"""

TWENTY = """
for store in (None, Yielding(), RedisStore(redis.Redis(port=port)), RedisStore(redis.Redis(port=port, max_connections=50))):
    client = LoginClient(service, store=store)
    sessions = all_at_once(lambda number: client.begin(f"user{number}").session)
    before = len(ticks)
    assert all_at_once(lambda number: client.wait(sessions[number], timeout=0.3).name) == ["pending"] * 20
    assert len(ticks) > before
    all_at_once(lambda number: client.cancel(sessions[number]))
# As many wait at once as want to.
sessions = [client.begin(f"user{number}").session for number in range(60)]
assert all_at_once(lambda number: client.wait(sessions[number], timeout=1).name, 60) == ["pending"] * 60
# On a real thread, which has a hub of its own.
ThreadPool = gevent.get_hub().threadpool
fresh = LoginClient(service, store=RedisStore(redis.Redis(port=port)))
assert ThreadPool.apply(lambda: fresh.begin("threaded").session.secsign_id) == "threaded"
client.close()
try:
    client.begin("closed")
except CountermarkError as error:
    assert error.code == "WRONG_STATE"
else:
    raise AssertionError
"""

STALLED = """
def arrived(request):
    # At the ID server, which notes it before it stalls.
    while True:
        with open(sys.argv[4]) as transcript:
            if f'"request":"{request}"' in transcript.read():
                return
        gevent.sleep(0.01)

client = LoginClient(service, store=Yielding())
if sys.argv[3] == "begin":
    # They end when they are told to, below.
    first, second = gevent.Timeout(None, False), gevent.Timeout(None, False)

    def begin():
        with second, first:
            client.begin("alice")
            raise AssertionError

    ended = gevent.spawn(begin)
    arrived("start")
    ended.kill(first, block=False)
    gevent.sleep(0.05)
    # While the login is withdrawn.
    ended.kill(second, block=False)
    gevent.sleep(0.05)
else:
    session = client.begin("alice").session
    ended = gevent.spawn(client.wait, session)
    arrived("state")
    gevent.sleep(0.2)
    ended.kill(block=False)
    arrived("cancel")
assert not ended.dead, "other greenlets did not go on"
before = len(ticks)
value = ended.get()
assert sys.argv[3] == "begin" or isinstance(value, gevent.GreenletExit)
assert len(ticks) > before, "other greenlets did not go on"
"""

WRONG_STORES = """
import asyncio

class Awaited:
    async def reserve(self, key, until_ms): pass
    async def release(self, key): pass

class Saying(Yielding):
    def reserve(self, key, until_ms):
        try:
            super().reserve(key, until_ms)
        except CountermarkError:
            return False

for store, codes in ((Awaited(), ["STORE_UNAVAILABLE"] * 2), (Saying(), [None, "BUSY"])):
    client = LoginClient(service, store=store)
    for expected in codes:
        code = None
        try:
            client.begin("alice")
        except CountermarkError as error:
            code = error.code
        assert code == expected, (code, expected)
"""

SIGNING = """
from countermark import SecureSign, SecureSignClient
settings = {"environment": "test", "tenant_id": "org_9f2a", "callback_hosts": ["shop.example"], "base_url": f"{server}/v1"}
api = SecureSign(SecureSignClient("ss_test_emulator", **settings))
assert all(all_of(lambda _: api.validate("https://shop.example", "web") and True))
"""

PRELOADED = """
import sys
from countermark import LoginClient, LoginService
service = LoginService(server=sys.argv[1], service_name="Example", service_address="https://example.com")
client = LoginClient(service)
# As gunicorn does where an application is loaded first.
from gevent import monkey
monkey.patch_all()
import gevent
sessions = [gevent.spawn(client.begin, f"user{number}") for number in range(20)]
gevent.joinall(sessions, raise_error=True)
"""


def run(program: str, server: IdServer, *arguments: str) -> None:
    command = [sys.executable, "-c", program, server.server.rstrip("/"), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parent)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_twenty_greenlets_log_in_at_once(countermark_id_server: IdServer, redis_port: int) -> None:
    run(BEGINNING + TWENTY, countermark_id_server, str(redis_port))


@pytest.mark.parametrize("call", ["begin", "wait"])
def test_a_greenlet_that_is_ended_withdraws_its_login(call: str, tmp_path: Path) -> None:
    fault, transcript = f"{'start' if call == 'begin' else 'cancel'}:reply-stalled=3000,times=1", str(tmp_path / "transcript")
    with IdServer("--fault", fault, "--transcript", transcript) as server:
        run(BEGINNING + STALLED, server, "0", call, transcript)
        assert [exchange["request"] for exchange in server.transcript() if exchange["request"] != "state"] == ["start", "cancel"]


def test_a_store_of_a_wrong_kind_takes_no_key(countermark_id_server: IdServer) -> None:
    run(BEGINNING + WRONG_STORES, countermark_id_server, "0")


def test_signing_lets_other_greenlets_go_on() -> None:
    with IdServer("--securesign-origin", "https://shop.example", "--securesign-tenant", "org_9f2a") as server:
        run(BEGINNING + SIGNING, server, "0")


def test_a_client_that_was_made_before_gevent_patches(countermark_id_server: IdServer) -> None:
    run(PRELOADED, countermark_id_server)
