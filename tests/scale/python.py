"""The program of README.md in Python: python tests/scale/python.py SERVER LOGINS SECONDS"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path

from countermark import AsyncLoginClient, AuthSession, LoginService


def rss_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def main(server: str, logins: int, seconds: float) -> None:
    service = LoginService(server=server, service_name="Example", service_address="https://example.com")
    client = AsyncLoginClient(service)
    turns = asyncio.Semaphore(50)
    before = rss_bytes()

    async def begin(number: int) -> AuthSession:
        async with turns:
            return (await client.begin(f"user{number}")).session

    sessions = await asyncio.gather(*map(begin, range(logins)))
    cpu = time.process_time()
    end = time.monotonic() + seconds
    waits = asyncio.gather(*(client.wait(session, timeout=seconds) for session in sessions))
    files, during = 0, before
    while time.monotonic() < end - 1:
        await asyncio.sleep(0.1)
        files = max(files, len(os.listdir("/proc/self/fd")))
        during = rss_bytes()
    await waits
    cpu_ms = 1000 * (time.process_time() - cpu)
    print(json.dumps({"grown_bytes": during - before, "cpu_ms": cpu_ms, "files": files}))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
