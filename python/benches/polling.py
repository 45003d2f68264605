"""A thousand logins polled at once, with AsyncLoginClient and with aiohttp, by CPU time of this process a check.

``python/.venv/bin/python python/benches/polling.py`` after ``scripts/build-python --release`` and
``cargo build --release -p countermark-cli``. Both ask at the pace of the protocol; the peer sends the same requests and reads
the same fields, and checks nothing.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
os.environ.setdefault("COUNTERMARK", str(ROOT / "target/release/countermark"))

from countermark import AsyncLoginClient, LoginService  # noqa: E402
from countermark.testing import IdServer  # noqa: E402

LOGINS = 1_000
ROUND_S = 15.0


def cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def asked(server: IdServer) -> int:
    """How many questions the server has heard."""
    return sum(session["polls"] for session in server.control("GET", "/sessions"))


async def measure(name: str, server: IdServer, work: Callable[[], Awaitable[object]]) -> float:
    before, started = asked(server), cpu_s()
    await work()
    spent = cpu_s() - started
    checks = asked(server) - before
    cost = spent / checks * 1e6
    print(f"  {name:<24} {checks:>7} checks   {cost:8.1f} us CPU a check")
    return cost


async def main() -> None:
    with IdServer("--session-seconds", "600", "--max-sessions", "50000") as server:
        address = server.server.rstrip("/")
        service = LoginService(
            server=address, service_name="Bench", service_address="https://bench.example", show_access_pass=False
        )
        client = AsyncLoginClient(service)
        turns = asyncio.Semaphore(50)

        async def begin(number: int) -> object:
            async with turns:
                return (await client.begin(f"user{number}")).session

        sessions = await asyncio.gather(*map(begin, range(LOGINS)))
        handles = server.control("GET", "/sessions")

        async def ours() -> None:
            await asyncio.gather(*(client.wait(session, timeout=ROUND_S) for session in sessions))  # type: ignore[arg-type]

        async def peer() -> None:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                await asyncio.gather(*(poll(http, address, handle) for handle in handles))

        ratios = []
        for _ in range(2):
            cost = await measure("AsyncLoginClient", server, ours)
            ratios.append(await measure("aiohttp", server, peer) / cost)
        print(f"  aiohttp takes {min(ratios):.1f} to {max(ratios):.1f} times as much")


async def poll(http: aiohttp.ClientSession, address: str, handle: dict[str, str]) -> None:
    body = urlencode(
        {
            "request": "ReqGetAuthSessionState",
            "apimethod": "Bench",
            "secsignid": handle["secsignid"],
            "authsessionid": handle["authsessionid"],
            "requestid": handle["requestid"],
        }
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    ends = time.monotonic() + ROUND_S
    while time.monotonic() < ends:
        await asyncio.sleep(2 + random.random() * 0.5)
        async with http.post(address + "/", data=body, headers=headers) as reply:
            fields = dict(pair.split("=", 1) for pair in (await reply.text()).split("&"))
        if fields["authsessionstate"] not in ("1", "7"):
            return


asyncio.run(main())
