"""A site with a SecSign ID login, on FastAPI.

    countermark id-server                         # in another terminal; it prints the address of `server`
    ID_SERVER=http://127.0.0.1:40017 uvicorn fastapi_site:app
"""

import html
import os
import secrets
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, FastAPI, Form, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse

from countermark import (
    AsyncLoginClient,
    AuthSession,
    CountermarkError,
    LoginOutcome,
    LoginService,
    Outcome,
    SealKey,
    SessionSealer,
)

# A site copies this file, which needs no other, to where its scripts are.
ELEMENT = Path(__file__).parents[2] / "wasm/element/countermark-login.mjs"

# From configuration, never from a request: a relaying site could choose it.
service = LoginService(
    server=os.environ.get("ID_SERVER"), service_name="FastAPI example", service_address="https://fastapi.example"
)
client = AsyncLoginClient(service)
# One key for all processes of a real site, and a store such as `countermark.stores.AsyncRedisStore` for the client.
sealer = SessionSealer(
    [SealKey("1", secrets.token_bytes(32))],
    service_name=service.service_name,
    service_address=service.service_address,
)
members: dict[str, str] = {}
app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

Visitor = Annotated[str | None, Cookie()]


def page(content: str) -> HTMLResponse:
    headers = {"Content-Security-Policy": "default-src 'self'; img-src data:", "Cache-Control": "no-store"}
    return HTMLResponse(f"<!doctype html><title>Example</title>{content}", headers=headers)


def set_cookie(response: Response, name: str, value: str) -> None:
    # Other sites cannot make the browser send it, so it is the protection against forged requests too.
    secure = service.service_address.startswith("https:") and "ID_SERVER" not in os.environ
    response.set_cookie(name, value, httponly=True, samesite="strict", secure=secure)


@app.get("/")
async def start(visitor: Visitor = None) -> Response:
    response = page(
        '<form method="post" action="/login">'
        '<label>SecSign ID <input name="secsign_id" autocomplete="username" autofocus></label> <button>Log in</button></form>'
    )
    if visitor is None:
        set_cookie(response, "visitor", secrets.token_urlsafe())
    return response


@app.post("/login")
async def login(secsign_id: Annotated[str, Form()], visitor: Visitor = None) -> Response:
    if visitor is None:
        raise HTTPException(403)
    challenge = await client.begin(secsign_id)
    picture = challenge.access_pass.data_uri if challenge.access_pass else ""
    return waiting("Check your phone", sealer.seal(challenge.session, visitor), picture)


def waiting(title: str, token: str, picture: str = "") -> HTMLResponse:
    shown = f'<img slot="access-pass" src="{picture}" alt="access pass">' if picture else ""
    field = f'<input type="hidden" name="token" value="{token}">'
    return page(
        f'<h1>{title}</h1><countermark-login poll="/state">{shown}<p>Pick your symbol on your phone.</p>'
        f'<form slot="check" method="post" action="/check">{field}<button>I have confirmed</button></form>'
        f'<form slot="cancel" method="post" action="/cancel">{field}<button>Cancel</button></form>'
        '</countermark-login><script type="module" src="/countermark-login.mjs"></script>'
    )


@app.post("/state")
async def state(token: Annotated[str, Form()], visitor: Visitor = None) -> Response:
    """What `<countermark-login>` asks every two seconds."""
    outcome = await client.check(opened(token, visitor))
    news = {"state": outcome.name, "final": not outcome.is_open}
    if outcome.kind is not Outcome.APPROVED:
        return JSONResponse(news)
    return log_in(JSONResponse({**news, "next": "/members"}), outcome)


@app.post("/check")
async def check(token: Annotated[str, Form()], visitor: Visitor = None) -> Response:
    """The same for a browser without scripts, and the end of a login that was not approved."""
    outcome = await client.check(opened(token, visitor))
    if outcome.is_open:
        return waiting("Not confirmed yet", token)
    if outcome.kind is not Outcome.APPROVED:
        return page(f'<h1>Not logged in</h1><p role="alert">The login ended: {outcome.name}.</p><a href="/">Start again</a>')
    return log_in(RedirectResponse("/members", 303), outcome)


def log_in(response: Response, outcome: LoginOutcome) -> Response:
    # The ID that the server states, never the one that was typed.
    member = secrets.token_urlsafe()
    members[member] = outcome.require_approved()
    set_cookie(response, "member", member)
    return response


@app.post("/cancel")
async def cancel(token: Annotated[str, Form()], visitor: Visitor = None) -> Response:
    await client.cancel(opened(token, visitor))
    return RedirectResponse("/", 303)


@app.get("/members")
async def members_only(member: Annotated[str | None, Cookie()] = None) -> Response:
    if member not in members:
        return RedirectResponse("/", 303)
    return page(f"<h1>Hello {html.escape(members[member])}.</h1>")


@app.get("/countermark-login.mjs")
async def element() -> Response:
    return FileResponse(ELEMENT, media_type="text/javascript")


@app.exception_handler(CountermarkError)
async def refused(_: Request, error: CountermarkError) -> Response:
    return JSONResponse({"state": "failed", "final": True, "text": error.public_message}, error.http_hint)


def opened(token: str, visitor: str | None) -> AuthSession:
    if visitor is None:
        raise HTTPException(403)
    return sealer.open(token, visitor)
