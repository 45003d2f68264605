"""A site with a SecSign ID login, on FastAPI.

    countermark id-server                         # in another terminal; it prints the address of `server`
    ID_SERVER=http://127.0.0.1:40017 uvicorn fastapi_site:app
"""

import asyncio
import hashlib
import hmac
import html
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Form, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from countermark import (
    AsyncLoginClient,
    AuthSession,
    CountermarkError,
    LoginOutcome,
    LoginService,
    Outcome,
    SealKey,
    SessionSealer,
    normalize_secsign_id,
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

# Over plain http only where it is tried out. Over https with the prefix that browsers take from this host only: any other cookie a host beside
# it may plant.
SECURE = "ID_SERVER" not in os.environ
VISITOR = "__Host-visitor" if SECURE else "visitor"
MEMBER = "__Host-member" if SECURE else "member"
VisitorCookie = Annotated[str | None, Cookie(alias=VISITOR)]
MemberCookie = Annotated[str | None, Cookie(alias=MEMBER)]
# As that of the sealer, one for all processes of a real site.
FORM_KEY = secrets.token_bytes(32)

# As long as the ID server keeps a login.
LIFE_S = 120
# How long an answer of the ID server holds, and the one that ends a login: whoever asks meanwhile is told the same. The end may be lost on the way
# to a page that asks again late.
ANSWER_S = 0.5
END_S = LIFE_S
SUSPENDED = " Another login for this ID came in between. If the ID is frozen, activate it again in the app."
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass
class Login:
    """What the page of a login shows."""

    token: str
    picture: str


@dataclass
class Answer:
    """What the ID server said of a login, and the cookie of the member whom it lets in."""

    outcome: LoginOutcome
    member: str


# By visitor and SecSign ID.
logins: dict[tuple[str, str], asyncio.Task[Login]] = {}
# What is asked, or was answered, by the visitor and the token of the login.
questions: dict[tuple[str, str], asyncio.Task[Answer]] = {}


@app.middleware("http")
async def guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    length = request.headers.get("content-length", "")
    # The forms here are small, and browsers say how long theirs are.
    if request.method == "POST" and not (length.isdecimal() and len(length) <= 4):
        response = failed(request, 413, "too large")
    elif request.method == "POST" and not is_own(request):
        response = failed(request, 403, "please start here")
    elif is_twice(request):
        response = failed(request, 400, "please delete the cookies of this site")
    else:
        response = await answer(request)
    response.headers.update(HEADERS)
    return response


def is_own(request: Request) -> bool:
    """A form of another site does not count. Old browsers have no `Sec-Fetch-Site`, and none has it for plain http; all say the `Origin`."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def is_twice(request: Request) -> bool:
    """Of two cookies of one name one was planted, and nothing says which."""
    names = [pair.partition("=")[0].strip() for line in request.headers.getlist("cookie") for pair in line.split(";")]
    return names.count(VISITOR) > 1 or names.count(MEMBER) > 1


def form_token(cookie: str) -> str:
    """What the forms of a visitor's pages have in them: no other site knows it, nor does it fit another cookie that was planted since."""
    return hmac.new(FORM_KEY, cookie.encode(), hashlib.sha256).hexdigest()


def require_form(form: str, cookie: str | None) -> str:
    if not cookie or not hmac.compare_digest(form.encode(errors="replace"), form_token(cookie).encode()):
        raise HTTPException(403)
    return cookie


def of_form(visitor: VisitorCookie = None, form: Annotated[str, Form()] = "") -> str:
    return require_form(form, visitor)


# The visitor whose page the form came from.
Visitor = Annotated[str, Depends(of_form)]


def hidden(**fields: str) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in fields.items())


def page(title: str, content: str, status: int = 200) -> HTMLResponse:
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)} - FastAPI example</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>'
    )
    return HTMLResponse(head + content, status)


def failed(request: Request, status: int, text: str) -> Response:
    # The element asks for JSON.
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"state": "failed", "final": True, "text": text}, status)
    return page("Not logged in", f'<h1>Not logged in</h1><p role="alert">{html.escape(text)}</p><a href="/">Start again</a>', status)


def set_cookie(response: Response, name: str, value: str) -> None:
    # Not `strict`: whoever came here by a link of another site would be a stranger, with a login open that nobody can end.
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=SECURE)


@app.get("/")
async def start(request: Request, visitor: VisitorCookie = None, member: MemberCookie = None) -> Response:
    if member and member in members:
        return RedirectResponse("/members", 303)
    # A page that the browser fetches before anybody has asked for it withdraws nothing. It is fetched anew.
    if request.headers.get("sec-purpose", "").startswith("prefetch"):
        return Response(status_code=503)
    # A new one with each form: the visitor may have come with one that somebody else has planted, and knows.
    new = secrets.token_urlsafe()
    response = page(
        "Log in",
        f'<h1>Log in</h1><form method="post" action="/login">{hidden(form=form_token(new))}'
        '<label>SecSign ID <input name="secsign_id" autocomplete="username" autofocus></label> <button>Log in</button></form>',
    )
    set_cookie(response, VISITOR, new)
    await withdraw(visitor)
    return response


async def withdraw(visitor: str | None) -> None:
    """Nobody can go on with what was begun under an old cookie."""
    drop_answers(visitor)
    for name, task in list(logins.items()):
        if name[0] != visitor:
            continue
        with suppress(CountermarkError):
            # One that is only beginning as well: nobody else could end it, and the ID would be busy.
            begun = await asyncio.shield(task)
            if logins.get(name) is task:
                del logins[name]
                await client.cancel(sealer.open(begun.token, name[0]))


def drop_answers(visitor: str | None) -> None:
    """No approval lets in once more."""
    for name in [name for name in questions if name[0] == visitor]:
        del questions[name]


@app.post("/login")
async def login(secsign_id: Annotated[str, Form()], visitor: Visitor) -> Response:
    return waiting("Check your phone", await begun(visitor, normalize_secsign_id(secsign_id)), visitor)


async def begun(visitor: str, secsign_id: str) -> Login:
    """A form that is sent again, by a second click or a reload, shows the login that is open: another would be refused as BUSY."""
    name = (visitor, secsign_id)

    async def begin() -> Login:
        try:
            challenge = await client.begin(secsign_id)
            picture = challenge.access_pass.data_uri if challenge.access_pass else ""
            shown = Login(sealer.seal(challenge.session, visitor), picture)
        except BaseException:
            del logins[name]
            raise
        asyncio.get_running_loop().call_later(LIFE_S, forget, name, shown.token)
        return shown

    if name not in logins:
        logins[name] = asyncio.create_task(begin())
    return await asyncio.shield(logins[name])


def kept(name: tuple[str, str], token: str) -> Login | None:
    task = logins.get(name)
    shown = task.result() if task and task.done() else None
    return shown if shown and shown.token == token else None


def forget(name: tuple[str, str], token: str) -> None:
    if kept(name, token):
        del logins[name]


def waiting(title: str, login: Login, visitor: str) -> HTMLResponse:
    shown = f'<img slot="access-pass" src="{login.picture}" alt="access pass">' if login.picture else ""
    fields = hidden(form=form_token(visitor), token=login.token)
    return page(
        title,
        f'<h1>{title}</h1><countermark-login poll="/state">{shown}<p>Pick your symbol on your phone.</p>'
        f'<form slot="check" method="post" action="/check">{fields}<button>I have confirmed</button></form>'
        f'<form slot="cancel" method="post" action="/cancel">{fields}<button>Cancel</button></form>'
        '</countermark-login><script type="module" src="/countermark-login.mjs"></script>',
    )


@app.post("/state")
async def state(token: Annotated[str, Form()], visitor: Visitor) -> Response:
    """What `<countermark-login>` asks every two seconds."""
    answer = await asked(*opened(token, visitor), token)
    news = {"state": answer.outcome.name, "final": not answer.outcome.is_open}
    if not answer.member:
        return JSONResponse(news)
    return log_in(JSONResponse({**news, "next": "/members"}), answer)


@app.post("/check")
async def check(token: Annotated[str, Form()], visitor: Visitor) -> Response:
    """The same for a browser without scripts, and the end of a login that was not approved."""
    session, name = opened(token, visitor)
    answer = await asked(session, name, token)
    if answer.outcome.is_open:
        return waiting("Not confirmed yet", kept(name, token) or Login(token, ""), visitor)
    if not answer.member:
        more = SUSPENDED if answer.outcome.kind is Outcome.SUSPENDED else ""
        return page(
            "Not logged in",
            f'<h1>Not logged in</h1><p role="alert">The login ended: {answer.outcome.name}.{more}</p><a href="/">Start again</a>',
        )
    return log_in(RedirectResponse("/members", 303), answer)


async def asked(session: AuthSession, name: tuple[str, str], token: str) -> Answer:
    """Asks one question at a time. An approval is given out once, and of two clicks the browser reads the last answer only: both get it.

    What has ended, or what the ID server has forgotten, is shown no more.
    """

    question = (name[0], token)

    async def ask() -> Answer:
        holds_s = ANSWER_S
        try:
            outcome = await client.check(session)
        except CountermarkError as error:
            if not error.retryable:
                forget(name, token)
            raise
        else:
            if not outcome.is_open:
                forget(name, token)
                holds_s = END_S
            return Answer(outcome, secrets.token_urlsafe() if outcome.kind is Outcome.APPROVED else "")
        finally:
            asyncio.get_running_loop().call_later(holds_s, questions.pop, question, None)

    if question not in questions:
        questions[question] = asyncio.create_task(ask())
    return await asyncio.shield(questions[question])


def log_in(response: Response, answer: Answer) -> Response:
    # The ID that the server states, never the one that was typed.
    members[answer.member] = answer.outcome.require_approved()
    set_cookie(response, MEMBER, answer.member)
    return response


@app.post("/cancel")
async def cancel(token: Annotated[str, Form()], visitor: Visitor) -> Response:
    session, name = opened(token, visitor)
    forget(name, token)
    questions.pop((visitor, token), None)
    await client.cancel(session)
    return RedirectResponse("/", 303)


@app.get("/members")
async def members_only(member: MemberCookie = None) -> Response:
    if not member or member not in members:
        return RedirectResponse("/", 303)
    form = f'<form method="post" action="/logout">{hidden(form=form_token(member))}<button>Log out</button></form>'
    return page("Members", f"<h1>Hello {html.escape(members[member])}.</h1>{form}")


@app.post("/logout")
async def log_out(visitor: VisitorCookie = None, member: MemberCookie = None, form: Annotated[str, Form()] = "") -> Response:
    members.pop(require_form(form, member), None)
    drop_answers(visitor)
    response = RedirectResponse("/", 303)
    response.delete_cookie(MEMBER, httponly=True, samesite="lax", secure=SECURE)
    # What was sealed for the visitor until now opens no more.
    set_cookie(response, VISITOR, secrets.token_urlsafe())
    return response


@app.get("/countermark-login.mjs")
async def element() -> Response:
    return FileResponse(ELEMENT, media_type="text/javascript")


@app.exception_handler(CountermarkError)
async def refused(request: Request, error: CountermarkError) -> Response:
    # One more click, on the page that the visitor is about to leave.
    if request.url.path == "/check" and not error.retryable and request.cookies.get(MEMBER) in members:
        return RedirectResponse("/members", 303)
    return failed(request, error.http_status, error.public_message)


@app.exception_handler(HTTPException)
async def not_here(request: Request, error: HTTPException) -> Response:
    return failed(request, error.status_code, "please start here")


@app.exception_handler(RequestValidationError)
async def not_a_form(request: Request, _: RequestValidationError) -> Response:
    return failed(request, 422, "please start here")


def opened(token: str, visitor: str) -> tuple[AuthSession, tuple[str, str]]:
    session = sealer.open(token, visitor)
    return session, (visitor, session.secsign_id)
