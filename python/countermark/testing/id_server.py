"""The emulator `countermark id-server` in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType


class IdServer:
    """An ID server for one test: a context manager, or call ``close``.

    ``arguments`` are switches of ``countermark id-server``, such as ``--id alice`` or ``--fault state:html-502``. The program is
    the one that the environment variable ``COUNTERMARK`` names, or else ``countermark`` on the path.
    """

    server: str
    """The address for `LoginService`."""
    phone: str
    """The address of the phone page, for a browser."""

    def __init__(self, *arguments: str) -> None:
        program = os.environ.get("COUNTERMARK") or shutil.which("countermark")
        if program is None:
            raise FileNotFoundError("countermark")
        self._folder = tempfile.TemporaryDirectory()
        ca = Path(self._folder.name) / "ca.pem"
        with_tls = ("--ca-out", str(ca)) if "--tls" in arguments else ()
        self._process = subprocess.Popen(
            [program, "id-server", *arguments, *with_tls], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            # It has said why, on the standard error.
            self.close()
            raise RuntimeError(f"countermark id-server ended with {self._process.returncode}")
        started = json.loads(line)
        self.server = started["server"]
        self.phone = started["phone"]
        self.ca_pem = ca.read_text() if with_tls else None
        self._control = started["control"].rstrip("/")
        self._token = started["token"]

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Asks the control API; the answer is its JSON."""
        request = urllib.request.Request(
            self._control + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )
        # Without the proxies of the environment: it is on this machine.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
            content = reply.read()
        return json.loads(content) if content else None

    def plan(self, action: str, *, after_polls: int = 0, secsign_id: str | None = None) -> None:
        """What sessions do by themselves: ``approve``, ``deny``, ``fetch`` and so on, after so many questions."""
        plan: dict[str, object] = {"steps": [{"after_polls": after_polls, "action": action}]}
        if secsign_id is not None:
            plan["secsignid"] = secsign_id
        self.control("PUT", "/plan", plan)

    def act(self, auth_session_id: str, action: str) -> None:
        """What the person with the phone does in one session."""
        self.control("POST", f"/sessions/{auth_session_id}", {"action": action})

    def transcript(self) -> list[dict[str, Any]]:
        """Every request that came, with its reply."""
        entries: list[dict[str, Any]] = self.control("GET", "/transcript")
        return entries

    def close(self) -> None:
        """Ends the process."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._folder.cleanup()

    def __enter__(self) -> IdServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
