"""The same wheel on a newer CPython than that of the machine, which `scripts/install python` takes from the next release of Debian."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import zipfile
from pathlib import Path

from test_vectors import cases

from countermark.testing import IdServer

ROOT = Path(__file__).resolve().parents[2]
NEWER = ROOT / "target/tools/python3.13"

LOGIN = """
import asyncio, sys
import countermark

async def main():
    service = countermark.LoginService(server=sys.argv[1], service_name="a", service_address="https://example.com")
    async with countermark.AsyncLoginClient(service) as client:
        challenge = await client.begin("newer")
        print((await client.wait(challenge.session)).require_approved())

asyncio.run(main())
with countermark.LoginClient(countermark.LoginService(server=sys.argv[1], service_name="a", service_address="b")) as client:
    client.cancel(client.begin("newest").session)
print(*sys.version_info[:2])
"""


def command() -> tuple[list[str], dict[str, str]]:
    """How the other CPython is started: by the loader of its own C library, since that is newer too."""
    libraries = NEWER / "usr/lib" / f"{platform.machine()}-linux-gnu"
    [loader] = libraries.glob("ld-linux-*.so.*")
    python = [str(loader), "--library-path", str(libraries), str(NEWER / "usr/bin/python3.13")]
    return python, {**os.environ, "PYTHONHOME": str(NEWER / "usr")}


def test_every_vector_and_a_login(tmp_path: Path, countermark_id_server: IdServer) -> None:
    [wheel] = (ROOT / "target/python-wheels").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    python, environment = command()
    environment["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{ROOT / 'tests/adapters/python'}"

    tests = [case.values for case in cases()]
    lines = [json.dumps({**request, "id": at}) for at, (request, _) in enumerate(tests)]

    def run(arguments: list[str], text: str = "") -> str:
        # Not in `python/`: what is imported must be what was unpacked.
        return subprocess.run(
            [*python, *arguments], input=text, check=True, cwd=tmp_path, capture_output=True, text=True, env=environment
        ).stdout

    answers = [json.loads(line) for line in run(["-m", "adapter"], "\n".join(lines)).splitlines()]
    assert len(answers) == len(tests) > 4_000
    for at, (answer, (_, test)) in enumerate(zip(answers, tests, strict=True)):
        wanted = "ok" if test["result"] == "valid" else "error"
        assert (answer["id"], answer.get(wanted)) == (at, test[wanted]), test["comment"]

    countermark_id_server.plan("approve")
    server = countermark_id_server.server.rstrip("/")
    assert run(["-c", LOGIN, server]) == "newer\n3 13\n"
