"""What the tests of receivers send, and what they look at: see ``tests/vectors/README.md``.

The requests are signed here and now, since receivers go by the system's clock.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from countermark import CountermarkError, MemoryReplayStore
from countermark.testing import sign_webhook

Case = dict[str, Any]
Handle = Callable[[Any], int | None]


@dataclass
class Reply:
    status: int
    body: bytes = b""
    headers: Any = None


class Store:
    """What a store is asked, by the message that is on its way; it keeps keys like any other."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fails: dict[str, str] = {}
        self.keys: set[str] = set()
        self._memory = MemoryReplayStore()

    def reserve(self, key: str, until_ms: int) -> None:
        self._asked("reserve", key)
        self._memory.reserve(key, until_ms)

    def commit(self, key: str) -> bool:
        self._asked("commit", key)
        return self._memory.commit(key)

    def is_committed(self, key: str) -> bool:
        self._asked("is_committed", key)
        return self._memory.is_committed(key)

    def release(self, key: str) -> bool:
        self._asked("release", key)
        return self._memory.release(key)

    def _asked(self, step: str, key: str) -> None:
        self.calls.append(step)
        self.keys.add(key)
        if self.fails.get(step) == "throws":
            raise RuntimeError("the store is away")
        if self.fails.get(step) == "taken":
            raise CountermarkError("REPLAYED")


def handled(exchange: Case) -> int | None:
    """What the handler does."""
    does = exchange.get("handler")
    if does == "throws":
        raise RuntimeError("the database is away")
    if does == "refuses":
        raise CountermarkError("SIGNATURE_MISMATCH")
    return does


def seen(shell: str, reply: Reply | None, exchange: Case, store: Store, method: str, public_text: str) -> None:
    calls = exchange["calls"]
    # What becomes of a key may be seen after the answer.
    waited = 0
    while len(store.calls) < len(calls) and waited < 2000:
        time.sleep(0.005)
        waited += 1
    assert store.calls == calls, reply and (reply.status, reply.body)
    answer = exchange["answer"]
    if answer is None:
        return
    assert reply is not None
    if "fault" in answer:
        assert reply.status == answer["fault"]
    elif "own" in answer:
        assert (reply.status, reply.body) == (answer["own"], b"own")
    elif shell in ("python/asgi", "python/fastapi") and "handle" in calls:
        # There, the application itself answers.
        assert reply.status == answer["status"]
    else:
        ours = answer
        if "refused" in answer:
            ours = {"status": answer["refused"], "content_type": "text/plain; charset=utf-8", "body": public_text}
        if shell == "python/fastapi":
            detail = json.dumps({"detail": ours["body"]}, separators=(",", ":"))
            ours = {"status": ours["status"], "content_type": "application/json", "body": detail}
        assert reply.status == ours["status"]
        if method != "HEAD":
            assert reply.body.decode() == ours["body"]
        if "content_type" in ours:
            assert reply.headers["Content-Type"].startswith(ours["content_type"])
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def signed(receiver: Case, asked: Case) -> Case:
    """The request to send."""
    body = asked["body"].encode()
    if "body_base64" in asked:
        body = base64.b64decode(asked["body_base64"])
    if "body_length" in asked:
        body = b"x" * asked["body_length"]
    headers = [tuple(pair) for pair in asked["headers"]]
    target, sign = asked["target"], asked["sign"]
    if sign is not None:
        url = (sign.get("origin") or receiver.get("origin") or "https://hooks.example") + sign.get("target", target)
        made = sign_webhook(
            receiver["scheme"],
            receiver.get("signing_secret", receiver["secret"]),
            sign["body"].encode() if "body" in sign else body,
            headers=dict(headers),
            method=asked["method"],
            url=url,
            message_id=sign.get("message_id"),
            now_ms=time.time_ns() // 1_000_000 - 1000 * sign.get("age_s", 0),
        )
        headers += made.headers
        if made.query is not None:
            target = f"{target.partition('?')[0]}?{made.query}"
        if made.body is not None:
            body = made.body
    headers += [tuple(pair) for pair in asked.get("also", [])]
    if asked.get("upper"):
        headers = [(name.upper(), value) for name, value in headers]
    return {"method": asked["method"], "target": target, "headers": headers, "body": body}


def sent(port: int, request: Case, framing: str | None) -> Reply | None:
    """Sends one request over a connection of its own, byte for byte as it is written here; nothing where it goes away."""
    body = request["body"]
    length = ("Transfer-Encoding", "chunked") if framing == "chunked" else ("Content-Length", len(body))
    lines = [*request["headers"], ("Host", "127.0.0.1"), ("Connection", "close"), length]
    if framing == "expect":
        lines.append(("Expect", "100-continue"))
    head = f"{request['method']} {request['target']} HTTP/1.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode("latin-1"))
        if framing == "aborted":
            connection.sendall(body[: len(body) // 2])
            time.sleep(0.02)
            return None
        if framing == "expect":
            assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        if framing == "chunked":
            chunks = [body[at : at + 400] for at in range(0, len(body), 400)]
            body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        if framing == "slow":
            for at in range(len(body)):
                connection.sendall(body[at : at + 1])
                time.sleep(0.002)
        else:
            connection.sendall(body)
        reply = http.client.HTTPResponse(connection, method=request["method"])
        reply.begin()
        return Reply(reply.status, reply.read(), reply.headers)


def invoked(handler: Any, request: Case) -> Reply:
    """The same as an event of AWS Lambda."""
    path, _, query = request["target"].partition("?")
    named: dict[str, list[str]] = {}
    for name, value in request["headers"]:
        named.setdefault(name.lower(), []).append(value)
    event: Case = {"body": base64.b64encode(request["body"]).decode(), "isBase64Encoded": True}
    if any(len(values) > 1 for values in named.values()):
        # Payload 2.0 joins what came twice; 1.0 keeps it apart.
        event |= {"httpMethod": request["method"], "path": path, "multiValueHeaders": named}
    else:
        event |= {"rawPath": path, "rawQueryString": query, "headers": {name: values[0] for name, values in named.items()}}
        event["requestContext"] = {"http": {"method": request["method"]}}
    try:
        answer = handler(event, None)
    except Exception:
        return Reply(500)
    body = answer.get("body", "")
    headers = {name: value for name, value in answer.get("headers", {}).items()}
    return Reply(answer["statusCode"], base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(), headers)
