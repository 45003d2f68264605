"""Real servers and real requests for the framework tests."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import uvicorn


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def wsgi(app: Any) -> Iterator[str]:
    """Serves a WSGI application; gives its address."""
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def asgi(app: Any, root_path: str = "") -> Iterator[str]:
    """Serves an ASGI application; gives its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", root_path=root_path))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


class Browser:
    """Keeps cookies, follows no redirect and uses no proxy."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def send(
        self, url: str, body: bytes | None = None, headers: Iterable[tuple[str, str]] = (), method: str | None = None
    ) -> Reply:
        request = urllib.request.Request(url, data=body, method=method)
        for name, value in headers:
            request.add_header(name, value)
        if self.cookies:
            request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
        try:
            reply = opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            for cookie in reply.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.split(";")[0].partition("=")
                self.cookies[name] = value
            return Reply(reply.status, reply.read(), dict(reply.headers), reply.headers.get_all("Set-Cookie") or [])


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def send(
    url: str, body: bytes | None = None, headers: Iterable[tuple[str, str]] = (), method: str | None = None
) -> Reply:
    return Browser().send(url, body, headers, method)


def send_again(url: str, body: bytes, headers: Iterable[tuple[str, str]]) -> Reply:
    """The same webhook once more, when the work of the first is done: under ASGI that may be after its answer."""
    reply, tries = send(url, body, headers), 0
    while reply.status == 409 and tries < 400:
        time.sleep(0.005)
        reply, tries = send(url, body, headers), tries + 1
    return reply
