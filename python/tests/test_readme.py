"""The programs of the README, as they stand there."""

from __future__ import annotations

import base64
import json
import os
import re
import urllib.parse
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import fastapi
import flask
import pytest
import redis.asyncio
import serving
import frameworks  # noqa: F401  It configures Django.
from django.test import RequestFactory, override_settings

from countermark import (
    CountermarkError,
    MemoryReplayStore,
    SecureSignPending,
    VerificationError,
    VerifiedWebhook,
    WebhookKey,
    WebhookVerifier,
)
from countermark.stores import AsyncRedisStore, RedisStore
from countermark.testing import IdServer, SignedWebhook, sign_webhook

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "python/README.md").read_text()
FRONT_PAGE = (ROOT / "README.md").read_text()


def program(heading: str, page: str = README) -> str:
    """The first program under a heading."""
    found = re.search(rf"\n##+ {heading}\n.*?```python\n(.*?)```", page, re.S)
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


def test_a_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = json.loads((ROOT / "tests/vectors/securesign.json").read_text())["testGroups"]
    [group] = [group for group in vectors if group["request"]["op"] == "securesign.callback"][:1]
    [query] = group["tests"][0]["request"]["queries"]
    claim = json.loads(base64.b64decode(urllib.parse.parse_qs(query)["ss_result"][0]))
    certificate = base64.b64decode(group["request"]["certificate_base64"])
    monkeypatch.setenv("SECURESIGN_KEY", "ss_test_emulator")
    server = IdServer("--securesign-origin", "https://shop.example", "--securesign-tenant", "org_9f2a")
    names: dict[str, Any] = {"store": MemoryReplayStore()}
    visitor: dict[str, SecureSignPending] = {}
    with server:
        exec(program("A signature by SecureSign").replace("http://127.0.0.1:40017", server.server.rstrip("/")), names)
        digest = base64.b64decode(group["request"]["pending"][0]["hash_base64"])
        assert names["ask"](visitor, digest).startswith("securesign://sign?")
    # The signature of the vector is over this digest, whatever the request is called.
    claim["requestId"] = visitor["pending"].request_id
    query = urllib.parse.urlencode({"ss_result": base64.b64encode(json.dumps(claim).encode())})
    assert len(names["signed"](visitor, query, certificate)) == 256
    for who, code in [(visitor, "REPLAYED"), ({}, "UNKNOWN_REQUEST")]:
        with pytest.raises(CountermarkError) as refused:
            names["signed"](who, query, certificate)
        assert refused.value.code == code

@pytest.fixture
def names(redis_port: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the programs of the frameworks leave to their reader."""
    monkeypatch.setenv("GITHUB_SECRET", "a secret")
    redis.Redis(port=redis_port).flushall()
    clients = SimpleNamespace(
        Redis=partial(redis.Redis, port=redis_port),
        asyncio=SimpleNamespace(Redis=partial(redis.asyncio.Redis, port=redis_port)),
    )
    verifier = WebhookVerifier("github", [WebhookKey("2026-11", "a secret")])
    return {"os": os, "redis": clients, "verifier": verifier}


def framework(name: str) -> str:
    [text] = re.findall(rf"^# {name}\b.*\n((?:[^#\n].*\n|\n)*)", program("In a framework"), re.M)
    return str(text)


def signed() -> SignedWebhook:
    return sign_webhook("github", "a secret", b"{}")


def test_django(names: dict[str, Any], redis_port: int) -> None:
    caches = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis://127.0.0.1:{redis_port}"}}
    with override_settings(CACHES=caches):
        exec(framework("Django"), names)

    def status(body: bytes) -> int:
        request = RequestFactory(SERVER_NAME="127.0.0.1").post(
            "/hook", body, content_type="text/plain", headers=dict(signed().headers)
        )
        return int(names["hook"](request).status_code)

    assert [status(b"{}"), status(b"{}"), status(b"{ }")] == [200, 409, 401]


def test_flask_and_the_front_page(names: dict[str, Any]) -> None:
    app, handled = flask.Flask("test"), list[bytes]()
    names |= {"app": app, "g": flask.g, "handle": handled.append, "RedisStore": RedisStore}
    names |= {"WebhookKey": WebhookKey, "WebhookVerifier": WebhookVerifier}
    exec(framework("Flask") + program("Python", FRONT_PAGE), names)
    with serving.wsgi(app) as url:
        statuses = [serving.send(f"{url}/hook", body, signed().headers).status for body in (b"{}", b"{}", b"{ }")]
    assert statuses == [200, 409, 401]
    assert handled == [b"{}"]


def test_fastapi(names: dict[str, Any]) -> None:
    app = fastapi.FastAPI()
    names |= {"app": app, "Annotated": Annotated, "Depends": fastapi.Depends, "VerifiedWebhook": VerifiedWebhook}
    exec(framework("FastAPI"), names | {"AsyncRedisStore": AsyncRedisStore})
    with serving.asgi(app) as url:
        statuses = [serving.send(f"{url}/hook", body, signed().headers).status for body in (b"{}", b"{}", b"{ }")]
    assert statuses == [200, 409, 401]
