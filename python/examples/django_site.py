"""A site with a SecSign ID login, on Django, in one file.

    countermark id-server                         # in another terminal; it prints the address of `server`
    ID_SERVER=http://127.0.0.1:40017 python django_site.py runserver
"""

import os
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from weakref import WeakValueDictionary

import django
from django.conf import settings

# Over plain http only where it is tried out. Over https with the prefix that browsers take from this host only: any other cookie a host beside
# it may plant.
SECURE = "ID_SERVER" not in os.environ
PREFIX = "__Host-" if SECURE else ""
VISITOR = f"{PREFIX}visitor"

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        AUTHENTICATION_BACKENDS=["countermark.contrib.django.CountermarkBackend"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.environ.get("SITE_DATABASE", f"{tempfile.gettempdir()}/countermark-django-site.sqlite3"),
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            f"{__name__}.one_visitor",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        # The form's token is in the page: scripts need not read its cookie.
        CSRF_COOKIE_HTTPONLY=True,
        CSRF_FAILURE_VIEW=f"{__name__}.too_old",
        CSRF_COOKIE_NAME=f"{PREFIX}csrftoken",
        CSRF_COOKIE_SECURE=SECURE,
        SESSION_COOKIE_NAME=f"{PREFIX}sessionid",
        SESSION_COOKIE_SECURE=SECURE,
        # As the cookie of the visitor, without which nobody can log out.
        SESSION_EXPIRE_AT_BROWSER_CLOSE=True,
        ROOT_URLCONF=__name__,
        SECRET_KEY=secrets.token_urlsafe(50),
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth import login as log_in
from django.contrib.auth import logout as log_out
from django.core.exceptions import SuspiciousOperation
from django.core.management import call_command, execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from countermark import (
    AuthSession,
    CountermarkError,
    LoginClient,
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
    server=os.environ.get("ID_SERVER"), service_name="Django example", service_address="https://django.example"
)
client = LoginClient(service)
# One key for all processes of a real site, and a store such as `countermark.contrib.django.CacheStore` for the client.
sealer = SessionSealer(
    [SealKey("1", secrets.token_bytes(32))],
    service_name=service.service_name,
    service_address=service.service_address,
)

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }} - Django example</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>"""

START = """<h1>{{ title }}</h1><form method="post" action="/login">{% csrf_token %}{{ form_token }}
<label>SecSign ID <input name="secsign_id" autocomplete="username" autofocus></label> <button>Log in</button></form>"""

WAIT = """<h1>{{ title }}</h1>
<countermark-login poll="/state">{% if picture %}<img slot="access-pass" src="{{ picture }}" alt="access pass">{% endif %}
<p>Pick your symbol on your phone.</p>
<form slot="check" method="post" action="/check">{% csrf_token %}{{ form_token }}<input type="hidden" name="token" value="{{ token }}"><button>I have confirmed</button></form>
<form slot="cancel" method="post" action="/cancel">{% csrf_token %}{{ form_token }}<input type="hidden" name="token" value="{{ token }}"><button>Cancel</button></form>
</countermark-login><script type="module" src="/countermark-login.mjs"></script>"""

ENDED = """<h1>{{ title }}</h1><p role="alert">The login ended: {{ state }}.{{ more }}</p><a href="/">Start again</a>"""

SUSPENDED = " Another login for this ID came in between. If the ID is frozen, activate it again in the app."

FAILED = """<h1>{{ title }}</h1><p role="alert">{{ message }}</p><a href="/">Start again</a>"""

MEMBERS = """<h1>Hello {{ user }}.</h1>
<form method="post" action="/logout">{% csrf_token %}{{ form_token }}<button>Log out</button></form>"""

# As long as the ID server keeps a login.
LIFE_S = 120
# How long an answer of the ID server holds, and the one that ends a login: whoever asks meanwhile is told the same. The end may be lost on the way
# to a page that asks again late.
ANSWER_S = 0.5
END_S = LIFE_S


@dataclass
class Login:
    """What the page of a login shows."""

    token: str
    picture: str
    until: float


@dataclass
class Question:
    """What the ID server said of a login a moment ago."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    answer: LoginOutcome | CountermarkError | None = None
    holds_until: float = field(default_factory=time.monotonic)


# By visitor and SecSign ID. Of several processes, the same one has to serve a visitor's login.
logins: dict[tuple[str, str], Login] = {}
# One begins at a time, for whoever begins or waits for it.
turns: WeakValueDictionary[tuple[str, str], threading.Lock] = WeakValueDictionary()
# By the visitor and the token of the login.
questions: dict[tuple[str, str], Question] = {}
# For what is swept of these, and for turns.
lock = threading.Lock()

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def one_visitor(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Of two cookies of one name one was planted, and nothing says which."""

    def answered(request: HttpRequest) -> HttpResponse:
        # gunicorn joins the cookies of two lines by a comma.
        cookies = request.META.get("HTTP_COOKIE", "").encode("latin-1").decode("utf-8", "replace").replace(",", ";")
        names = [pair.partition("=")[0].strip(" \t") for pair in cookies.split(";")]
        # Django takes blanks of Unicode away too: for a browser, such a name does not begin with `__Host-`.
        read = [name.strip() for name in names]
        if any(read.count(own) > 1 or read.count(own) > names.count(own) for own in (VISITOR, settings.SESSION_COOKIE_NAME)):
            return page(request, FAILED, "Not logged in", 400, message="please delete the cookies of this site")
        return answer(request)

    return answered


def of_form(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Hands a form on with the visitor whose page it came from. Django's own token fits a cookie that may have been planted with the other."""

    @require_POST
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        visitor = request.COOKIES.get(VISITOR)
        if not visitor or not constant_time_compare(request.POST.get("form", ""), form_token(visitor)):
            return too_old(request)
        return view(request, visitor)

    return checked


def form_token(visitor: str) -> str:
    """What the forms of a visitor's pages have in them: it does not fit another cookie that was planted since."""
    return salted_hmac("form", visitor, algorithm="sha256").hexdigest()


def page(request: HttpRequest, text: str, title: str, status: int = 200, visitor: str = "", **values: object) -> HttpResponse:
    visitor = visitor or request.COOKIES.get(VISITOR, "")
    field = format_html('<input type="hidden" name="form" value="{}">', form_token(visitor))
    content = engines["django"].from_string(HEAD + text).render({"form_token": field, "title": title, **values}, request)
    return HttpResponse(content, status=status, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})


def failed(request: HttpRequest, error: CountermarkError) -> HttpResponse:
    return page(request, FAILED, "Not logged in", error.http_status, message=error.public_message)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("members")
    # A page that the browser fetches before anybody has asked for it withdraws nothing. It is fetched anew.
    if request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        return HttpResponse(status=503)
    withdraw(request.COOKIES.get(VISITOR, ""))
    # A new one with each form: the visitor may have come with one that somebody else has planted, and knows.
    visitor = secrets.token_urlsafe()
    response = page(request, START, "Log in", visitor=visitor)
    set_visitor(response, visitor)
    return response


def withdraw(visitor: str) -> None:
    """Nobody can go on with what was begun under an old cookie."""
    drop_answers(visitor)
    with lock:
        # One that is only beginning as well: nobody else could end it, and the ID would be busy.
        own = {name: turns.setdefault(name, threading.Lock()) for name in {*logins, *turns} if name[0] == visitor}
    for name, turn in own.items():
        with turn:
            login = logins.pop(name, None)
        if login:
            with suppress(CountermarkError):
                client.cancel(sealer.open(login.token, visitor))


def drop_answers(visitor: str) -> None:
    """No approval lets in once more."""
    with lock:
        for name in [name for name in questions if name[0] == visitor]:
            del questions[name]


def set_visitor(response: HttpResponse, visitor: str) -> None:
    """What tokens are sealed for. Not in the session, which Django renews while a second click is still on its way.

    Not `Strict`: whoever came here by a link of another site would be a stranger, with a login open that nobody can end.
    """
    response.set_cookie(VISITOR, visitor, httponly=True, samesite="Lax", secure=SECURE)


@of_form
def login(request: HttpRequest, visitor: str) -> HttpResponse:
    try:
        begun = begin(normalize_secsign_id(request.POST.get("secsign_id", "")), visitor)
    except CountermarkError as error:
        return failed(request, error)
    return page(request, WAIT, "Check your phone", token=begun.token, picture=begun.picture)


def begin(secsign_id: str, visitor: str) -> Login:
    """A form that is sent again, by a second click or a reload, shows the login that is open: another would be refused as BUSY."""
    name = (visitor, secsign_id)
    with lock:
        for old, login in list(logins.items()):
            if login.until < time.monotonic():
                forget(old, login.token)
        turn = turns.setdefault(name, threading.Lock())
    with turn:
        shown = logins.get(name)
        if not shown:
            challenge = client.begin(secsign_id)
            picture = challenge.access_pass.data_uri if challenge.access_pass else ""
            shown = logins[name] = Login(sealer.seal(challenge.session, visitor), picture, time.monotonic() + LIFE_S)
        return shown


def kept(name: tuple[str, str], token: str) -> Login | None:
    login = logins.get(name)
    return login if login and login.token == token else None


def forget(name: tuple[str, str], token: str) -> None:
    if kept(name, token):
        logins.pop(name, None)


@of_form
def state(request: HttpRequest, visitor: str) -> HttpResponse:
    """What `<countermark-login>` asks every two seconds."""
    try:
        outcome = asked(*opened(request, visitor))
    except CountermarkError as error:
        return JsonResponse({"state": "failed", "final": True, "text": error.public_message}, status=error.http_status)
    news = {"state": outcome.name, "final": not outcome.is_open}
    if outcome.kind is not Outcome.APPROVED:
        return JsonResponse(news)
    join(request, outcome)
    return JsonResponse({**news, "next": "/members"})


@of_form
def check(request: HttpRequest, visitor: str) -> HttpResponse:
    """The same for a browser without scripts, and the end of a login that was not approved."""
    try:
        session, name, token = opened(request, visitor)
        outcome = asked(session, name, token)
    except CountermarkError as error:
        if request.user.is_authenticated and not error.retryable:
            # One more click, on the page that the visitor is about to leave.
            return redirect("members")
        return failed(request, error)
    if outcome.is_open:
        shown = kept(name, token)
        return page(request, WAIT, "Not confirmed yet", token=token, picture=shown.picture if shown else "")
    if outcome.kind is not Outcome.APPROVED:
        return page(request, ENDED, "Not logged in", state=outcome.name, more=SUSPENDED if outcome.kind is Outcome.SUSPENDED else "")
    join(request, outcome)
    return redirect("members")


def asked(session: AuthSession, name: tuple[str, str], token: str) -> LoginOutcome:
    """Asks one question at a time. An approval is given out once, and of two clicks the browser reads the last answer only: both get it.

    What has ended, or what the ID server has forgotten, is shown no more.
    """
    now = time.monotonic()
    with lock:
        for old in [old for old, question in questions.items() if question.holds_until < now - LIFE_S]:
            del questions[old]
        question = questions.setdefault((name[0], token), Question())
    with question.turn:
        if time.monotonic() >= question.holds_until:
            try:
                question.answer = client.check(session)
            except CountermarkError as error:
                question.answer = error
            ended = isinstance(question.answer, LoginOutcome) and not question.answer.is_open
            question.holds_until = time.monotonic() + (END_S if ended else ANSWER_S)
        answer = question.answer
    if isinstance(answer, CountermarkError):
        if not answer.retryable:
            forget(name, token)
        raise answer
    if not answer.is_open:
        forget(name, token)
    return answer


def join(request: HttpRequest, outcome: LoginOutcome) -> None:
    # Whoever has a SecSign ID may join here; other sites know their members already.
    get_user_model().objects.get_or_create(username=outcome.require_approved())
    log_in(request, authenticate(request, outcome=outcome))


@of_form
def cancel(request: HttpRequest, visitor: str) -> HttpResponse:
    try:
        session, name, token = opened(request, visitor)
        forget(name, token)
        with lock:
            questions.pop((visitor, token), None)
        client.cancel(session)
    except CountermarkError as error:
        return failed(request, error)
    return redirect("start")


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("start")
    return page(request, MEMBERS, "Members", user=request.user)


@of_form
def leave(request: HttpRequest, visitor: str) -> HttpResponse:
    log_out(request)
    drop_answers(visitor)
    response = redirect("start")
    # What was sealed for the visitor until now opens no more.
    set_visitor(response, secrets.token_urlsafe())
    return response


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this visitor's page; or one more click, on the page that the visitor is about to leave."""
    if request.user.is_authenticated:
        return redirect("members")
    return page(request, FAILED, "Not logged in", 403, message="please start here")


def not_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, FAILED, "Not here", 400 if isinstance(exception, SuspiciousOperation) else 404, message="please start here")


def broken(request: HttpRequest) -> HttpResponse:
    return page(request, FAILED, "Not working", 500, message="please try again later")


@require_GET
def element(request: HttpRequest) -> FileResponse:
    return FileResponse(ELEMENT.open("rb"), content_type="text/javascript")


def opened(request: HttpRequest, visitor: str) -> tuple[AuthSession, tuple[str, str], str]:
    token = request.POST.get("token", "")
    session = sealer.open(token, visitor)
    return session, (visitor, session.secsign_id), token


urlpatterns = [
    path("", start, name="start"),
    path("login", login),
    path("state", state),
    path("check", check),
    path("cancel", cancel),
    path("members", members, name="members"),
    path("logout", leave),
    path("countermark-login.mjs", element),
]
# Django's own pages for these are not those of the site.
handler400 = handler404 = not_here
handler500 = broken

call_command("migrate", verbosity=0)
app = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
