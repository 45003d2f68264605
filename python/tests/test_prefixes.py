"""Applications below a prefix: a sender signs the whole path, of which a proxy may have cut off the beginning."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import flask
import pytest
import serving
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.test import override_settings
from django.urls import clear_url_caches, path, set_script_prefix
from fastapi import Depends, FastAPI
from frameworks import urlpatterns
from hypercorn.asyncio import serve
from hypercorn.config import Config
from starlette.applications import Starlette
from starlette.routing import Mount
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

from countermark import ConfigError, VerifiedWebhook, WebhookKey, WebhookVerifier
from countermark.contrib import aws_lambda
from countermark.contrib import django as for_django
from countermark.contrib import fastapi as for_fastapi
from countermark.contrib import flask as for_flask
from countermark.contrib._urls import asgi_target, wsgi_target
from countermark.testing import sign_webhook

ORIGIN = "https://hooks.example"
SECRET = "a token of thirty-two characters"
FORM = b"CallSid=CA1&Body=hello"
PREFIXED = [("X-Forwarded-Prefix", "/api")]


def twilio() -> WebhookVerifier:
    return WebhookVerifier("twilio", [WebhookKey("1", SECRET)])


def status(site: str, came: str, called: str, also: list[tuple[str, str]]) -> int:
    """Of a request that comes to a path, and whose sender called a URL."""
    kind = [("Content-Type", "application/x-www-form-urlencoded")]
    made = sign_webhook("twilio", SECRET, FORM, method="POST", url=called, headers=kind)
    return serving.send(site + came, FORM, [*kind, *made.headers, *also]).status


def flask_app(origin: str = ORIGIN) -> Any:
    app = flask.Flask("test")

    @app.post("/hook/<name>")
    @for_flask.verify_webhook(twilio(), origin=origin)
    def hook(name: str) -> None:
        pass

    return app


def proxied(app: Any) -> Any:
    return ProxyFix(app, x_prefix=1)


def mounted(app: Any) -> Any:
    return DispatcherMiddleware(flask.Flask("outer"), {"/sub": app})


def fastapi_app(origin: str = ORIGIN, **settings: Any) -> Any:
    app = FastAPI(**settings)
    hooks = for_fastapi.WebhookDependency(twilio(), origin=origin)

    @app.post("/hook/{name}")
    async def hook(webhook: Annotated[VerifiedWebhook, Depends(hooks)], name: str) -> None:
        pass

    return app


def middleware_app(**settings: Any) -> Any:
    app = FastAPI(**settings)
    app.add_middleware(for_fastapi.WebhookMiddleware, verifier=twilio(), path="/hook/a b", origin=ORIGIN)

    @app.post("/hook/{name}")
    async def hook(name: str) -> None:
        pass

    return app


@contextmanager
def wsgi(app: Any) -> Iterator[str]:
    """Werkzeug's server says how the path came, which that of the standard library does not."""
    server = make_server("127.0.0.1", 0, app)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def hypercorn(app: Any, root_path: str) -> Iterator[str]:
    config, stopped = Config(), asyncio.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    config.bind, config.root_path = [f"fd://{listener.fileno()}"], root_path
    loop = asyncio.new_event_loop()
    served = serve(app, config, shutdown_trigger=stopped.wait)
    thread = threading.Thread(target=loop.run_until_complete, args=[served], daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    loop.call_soon_threadsafe(stopped.set)
    thread.join()
    loop.close()


HERE, API, SUB, API_SUB = "/hook/a%20b?c=%C3%A9", "/api/hook/a%20b?c=%C3%A9", "/sub/hook/a%20b?c=%C3%A9", "/api/sub/hook/a%20b?c=%C3%A9"

SITES: dict[str, tuple[Any, str, str]] = {
    # What comes to the application, and what the sender called.
    "flask": (lambda: wsgi(flask_app()), HERE, HERE),
    "flask behind a proxy": (lambda: wsgi(proxied(flask_app())), HERE, API),
    "flask mounted": (lambda: wsgi(mounted(flask_app())), SUB, SUB),
    "flask mounted behind a proxy": (lambda: wsgi(proxied(mounted(flask_app()))), SUB, API_SUB),
    "flask that is not told": (lambda: wsgi(flask_app(ORIGIN + "/api/")), HERE, API),
    "flask told twice": (lambda: wsgi(proxied(flask_app(ORIGIN + "/api"))), HERE, API),
    "fastapi": (lambda: serving.asgi(fastapi_app()), HERE, HERE),
    "fastapi with a root path": (lambda: serving.asgi(fastapi_app(root_path="/api")), HERE, API),
    "fastapi with a root path, and nothing cut off": (lambda: serving.asgi(fastapi_app(root_path="/api")), API, API),
    "fastapi told twice": (lambda: serving.asgi(fastapi_app(ORIGIN + "/api", root_path="/api")), HERE, API),
    "uvicorn with a root path": (lambda: serving.asgi(fastapi_app(), "/api"), HERE, API),
    "hypercorn": (lambda: hypercorn(fastapi_app(), ""), HERE, HERE),
    "hypercorn with a root path": (lambda: hypercorn(fastapi_app(), "/api"), HERE, API),
    "starlette mounted": (lambda: serving.asgi(Starlette(routes=[Mount("/sub", fastapi_app())])), SUB, SUB),
    "starlette mounted behind a proxy": (lambda: serving.asgi(Starlette(routes=[Mount("/sub", fastapi_app())]), "/api"), SUB, API_SUB),
    "middleware": (lambda: serving.asgi(middleware_app()), HERE, HERE),
    "middleware with a root path": (lambda: serving.asgi(middleware_app(root_path="/api")), HERE, API),
    "middleware below hypercorn": (lambda: hypercorn(middleware_app(), "/api"), HERE, API),
}


@pytest.mark.filterwarnings("ignore:The `root_path` parameter is deprecated")
@pytest.mark.parametrize("name", SITES)
def test_the_url_is_the_one_that_the_sender_called(name: str) -> None:
    site, came, called = SITES[name]
    with site() as address:
        assert status(address, came, ORIGIN + called, PREFIXED) == 200
        assert status(address, came, ORIGIN + "/other" + called, PREFIXED) == 401


@pytest.mark.parametrize("late", [False, True], ids=["wsgi", "asgi"])
@pytest.mark.parametrize("name", [None, "/api"])
def test_django_with_a_name_that_it_is_told(late: bool, name: str | None) -> None:
    @for_django.verify_webhook(twilio(), origin=ORIGIN)
    def hook(request: Any, name: str) -> HttpResponse:
        return HttpResponse("taken")

    urlpatterns[:] = [path("hook/<name>", hook)]
    clear_url_caches()
    with override_settings(FORCE_SCRIPT_NAME=name):
        app: Any = get_asgi_application() if late else get_wsgi_application()
        with (serving.asgi if late else wsgi)(app) as address:
            assert status(address, HERE, ORIGIN + (name or "") + HERE, []) == 200
    set_script_prefix("/")


def test_a_prefix_ends_where_a_part_of_the_path_ends() -> None:
    for root, path, raw, whole in [
        ("/api", "/apix", "/apix", "/api/apix"),
        ("/api", "/hook", "/api/hook", "/api/hook"),
        ("/api/", "/hook", "/hook", "/api/hook"),
        ("/api", "", "/api", "/api"),
        ("/api", "", "/api/", "/api/"),
        # A server that has changed the path.
        ("/api", "/hook", "/api//hook", "/api//hook"),
        ("/api", "/new", "/old", "/api/old"),
        ("", "/new/old", "/old", "/old"),
        ("/api/sub", "/hook", "/sub/hook", "/api/sub/hook"),
    ]:
        environ = {"SCRIPT_NAME": root, "PATH_INFO": path, "REQUEST_URI": f"{raw}?a=b", "QUERY_STRING": "a=b"}
        assert wsgi_target(environ) == f"{whole}?a=b"
        scope = {"root_path": root, "path": path, "raw_path": raw.encode(), "query_string": b"a=b"}
        assert asgi_target(scope) == f"{whole}?a=b"
    # A rule of the web server, which wrote the script's name into it: nothing was cut off.
    rewritten = {"SCRIPT_NAME": "/app.wsgi", "PATH_INFO": "/hook", "REQUEST_URI": "/hook", "SCRIPT_FILENAME": "/srv/app.wsgi"}
    assert wsgi_target(rewritten) == "/hook"
    bytes_of_a_name = "\u00e4".encode().decode("latin-1")
    assert wsgi_target({"SCRIPT_NAME": f"/{bytes_of_a_name}", "PATH_INFO": "/hook", "REQUEST_URI": "/hook"}) == "/%C3%A4/hook"
    assert asgi_target({"root_path": "/\u00e4", "path": "/hook", "query_string": b""}) == "/%C3%A4/hook"


MAKERS: dict[str, Any] = {
    "asgi": lambda origin: for_fastapi.WebhookMiddleware(flask_app, twilio(), path="/hook", origin=origin),
    "django": lambda origin: for_django.verify_webhook(twilio(), origin=origin),
    "fastapi": lambda origin: for_fastapi.WebhookDependency(twilio(), origin=origin),
    "flask": lambda origin: for_flask.verify_webhook(twilio(), origin=origin),
    "lambda": lambda origin: aws_lambda.verify_webhook(twilio(), origin=origin),
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_no_origin_is_refused_at_the_start(name: str) -> None:
    for origin in ("", "hooks.example", "//hooks.example", "ftp://hooks.example", "https://", "https://[", "https://hooks.example?a=b", "https://hooks.example\n", " https://hooks.example", "https://a@hooks.example", "HTTPS://hooks.example", None):
        with pytest.raises(ConfigError) as refused:
            MAKERS[name](origin)
        assert (refused.value.code, "origin" in str(refused.value)) == ("INVALID_CONFIG", True)
    for origin in ("https://hooks.example", "http://127.0.0.1:8000/api/", "https://[::1]"):
        MAKERS[name](origin)
