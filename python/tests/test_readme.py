"""The programs of the README, as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from countermark import VerificationError
from countermark.testing import IdServer, sign_webhook

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()


def program(heading: str) -> str:
    """The first program under a heading."""
    found = re.search(rf"\n## {heading}\n.*?```python\n(.*?)```", README, re.S)
    assert found, heading
    return found[1]


def test_a_webhook(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_SECRET", "a secret")
    names: dict[str, Any] = {}
    exec(program("A webhook"), names)
    signed = sign_webhook("github", "a secret", b"{}")
    names["receive"](signed.headers, b"{}")
    assert capsys.readouterr().out == "b'{}'\n"
    with pytest.raises(VerificationError):
        names["receive"](signed.headers, b"{ }")


def test_a_login(
    countermark_id_server: IdServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    countermark_id_server.plan("approve")
    exec(program("A login").replace("http://127.0.0.1:40017", countermark_id_server.server.rstrip("/")), {})
    assert capsys.readouterr().out == "alice\n"
    assert (tmp_path / "symbol.png").read_bytes().startswith(b"\x89PNG")


def test_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    exec(program("A signed link"), {"secret": "a secret of at least twenty characters"})
    assert capsys.readouterr().out == "jane@example.com\n"
