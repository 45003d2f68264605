"""A site with a SecSign ID login, on FastAPI.

    countermark id-server                         # in another terminal; it prints the address of `server`
    ID_SERVER=http://127.0.0.1:40017 uvicorn fastapi_site:app
"""

import html
import os
import secrets
from typing import Annotated

from fastapi import Cookie, FastAPI, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from countermark import AsyncLoginClient, AuthSession, CountermarkError, LoginService, Outcome, SealKey, SessionSealer

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
    token = sealer.seal(challenge.session, visitor)
    picture = f'<img src="{challenge.access_pass.data_uri}" alt="access pass">' if challenge.access_pass else ""
    return page(
        f'<h1>Check your phone</h1><p>Pick this symbol on your phone.</p>{picture}<p id="state" role="status" data-token="{token}"></p>'
        f'<form method="post" action="/cancel"><input type="hidden" name="token" value="{token}"><button>Cancel</button></form>'
        '<script src="/wait.js"></script>'
    )


@app.post("/state")
async def state(token: Annotated[str, Form()], visitor: Visitor = None) -> Response:
    outcome = await client.check(opened(token, visitor))
    response = JSONResponse({"state": outcome.name, "open": outcome.is_open})
    if outcome.kind is Outcome.APPROVED:
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


@app.get("/wait.js")
async def script() -> Response:
    return Response(
        """const state = document.getElementById("state");
async function ask() {
    const reply = await fetch("/state", { method: "POST", body: new URLSearchParams({ token: state.dataset.token }) });
    const { state: name, open } = await reply.json();
    state.textContent = name;
    if (name === "approved") location = "/members";
    else if (open) setTimeout(ask, 2000);
}
setTimeout(ask, 2000);
""",
        media_type="text/javascript",
    )


@app.exception_handler(CountermarkError)
async def refused(_: Request, error: CountermarkError) -> Response:
    return JSONResponse({"state": "error", "open": False, "message": error.public_message}, error.http_hint)


def opened(token: str, visitor: str | None) -> AuthSession:
    if visitor is None:
        raise HTTPException(403)
    return sealer.open(token, visitor)
