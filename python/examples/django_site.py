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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.conf import settings

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
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        # The form's token is in the page: scripts need not read its cookie.
        CSRF_COOKIE_HTTPONLY=True,
        CSRF_FAILURE_VIEW=f"{__name__}.too_old",
        # Over plain http only where it is tried out.
        CSRF_COOKIE_SECURE="ID_SERVER" not in os.environ,
        SESSION_COOKIE_SECURE="ID_SERVER" not in os.environ,
        ROOT_URLCONF=__name__,
        SECRET_KEY=secrets.token_urlsafe(50),
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth import login as log_in
from django.contrib.auth import logout as log_out
from django.core.management import call_command, execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
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

START = """<!doctype html><html lang="en"><title>Example</title><link rel="icon" href="data:,">
<form method="post" action="/login">{% csrf_token %}
<label>SecSign ID <input name="secsign_id" autocomplete="username" autofocus></label> <button>Log in</button></form>"""

WAIT = """<!doctype html><html lang="en"><title>Example</title><link rel="icon" href="data:,">
<h1>{{ title }}</h1>
<countermark-login poll="/state">{% if picture %}<img slot="access-pass" src="{{ picture }}" alt="access pass">{% endif %}
<p>Pick your symbol on your phone.</p>
<form slot="check" method="post" action="/check">{% csrf_token %}<input type="hidden" name="token" value="{{ token }}"><button>I have confirmed</button></form>
<form slot="cancel" method="post" action="/cancel">{% csrf_token %}<input type="hidden" name="token" value="{{ token }}"><button>Cancel</button></form>
</countermark-login><script type="module" src="/countermark-login.mjs"></script>"""

ENDED = """<!doctype html><html lang="en"><title>Example</title><link rel="icon" href="data:,">
<h1>Not logged in</h1><p role="alert">The login ended: {{ state }}.</p><a href="/">Start again</a>"""


FAILED = """<!doctype html><html lang="en"><title>Example</title><link rel="icon" href="data:,">
<h1>Not logged in</h1><p role="alert">{{ message }}</p><a href="/">Start again</a>"""

MEMBERS = """<!doctype html><html lang="en"><title>Members</title><link rel="icon" href="data:,"><h1>Hello {{ user }}.</h1>
<form method="post" action="/logout">{% csrf_token %}<button>Log out</button></form>"""

# As long as the ID server keeps a login.
LIFE_S = 120
# How long an answer of the ID server holds, and the one that ends a login: whoever asks meanwhile is told the same.
ANSWER_S = 0.5
END_S = 5


@dataclass
class Question:
    """What the ID server said of a login a moment ago."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    answer: LoginOutcome | CountermarkError | None = None
    holds_until: float = field(default_factory=time.monotonic)


# By the token of the login. Of several processes, the same one has to serve a visitor's login.
questions: dict[str, Question] = {}
questions_lock = threading.Lock()

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(request: HttpRequest, text: str, status: int = 200, **values: object) -> HttpResponse:
    content = engines["django"].from_string(text).render(values, request)
    return HttpResponse(content, status=status, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})


def failed(request: HttpRequest, error: CountermarkError) -> HttpResponse:
    return page(request, FAILED, error.http_hint, message=error.public_message)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        withdraw(request)
        # A new session and a new cookie with each form: the visitor may have come with those that somebody else has planted, and knows.
        request.session.flush()
    # A form that is sent twice finds one session.
    request.session.setdefault("logins", {})
    response = page(request, START)
    set_visitor(response)
    return response


def withdraw(request: HttpRequest) -> None:
    """Nobody can go on with what was begun under an old cookie."""
    for login in request.session.get("logins", {}).values():
        with suppress(CountermarkError):
            client.cancel(sealer.open(login["token"], request.COOKIES.get("visitor") or secrets.token_bytes(8)))


def set_visitor(response: HttpResponse) -> None:
    """What tokens are sealed for. Not in the session, which Django renews while a second click is still on its way."""
    response.set_cookie("visitor", secrets.token_urlsafe(), httponly=True, samesite="Strict", secure="ID_SERVER" not in os.environ)


@require_POST
def login(request: HttpRequest) -> HttpResponse:
    visitor = request.COOKIES.get("visitor")
    if not visitor:
        return redirect("start")
    try:
        return page(request, WAIT, title="Check your phone", **begun(request, visitor))
    except CountermarkError as error:
        return failed(request, error)


def begun(request: HttpRequest, visitor: str) -> dict[str, str]:
    """A form that is sent again, by a second click or a reload, shows the login that is open: another would be refused as BUSY."""
    secsign_id = normalize_secsign_id(request.POST.get("secsign_id", ""))
    logins = {name: login for name, login in request.session.get("logins", {}).items() if login["until"] > time.time()}
    if secsign_id not in logins:
        challenge = client.begin(secsign_id)
        picture = challenge.access_pass.data_uri if challenge.access_pass else ""
        token = sealer.seal(challenge.session, visitor)
        logins[secsign_id] = {"token": token, "picture": picture, "until": time.time() + LIFE_S}
        request.session["logins"] = logins
    return {"token": logins[secsign_id]["token"], "picture": logins[secsign_id]["picture"]}


def picture_of(request: HttpRequest, session: AuthSession) -> str:
    login = request.session.get("logins", {}).get(session.secsign_id, {})
    return login["picture"] if login.get("token") == request.POST["token"] else ""


def forget(request: HttpRequest, session: AuthSession) -> None:
    logins = request.session.get("logins", {})
    if logins.get(session.secsign_id, {}).get("token") == request.POST["token"]:
        request.session["logins"] = {name: login for name, login in logins.items() if name != session.secsign_id}


@require_POST
def state(request: HttpRequest) -> HttpResponse:
    """What `<countermark-login>` asks every two seconds."""
    try:
        outcome = asked(request, opened(request))
    except CountermarkError as error:
        return JsonResponse({"state": "failed", "final": True, "text": error.public_message}, status=error.http_hint)
    news = {"state": outcome.name, "final": not outcome.is_open}
    if outcome.kind is not Outcome.APPROVED:
        return JsonResponse(news)
    join(request, outcome)
    return JsonResponse({**news, "next": "/members"})


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """The same for a browser without scripts, and the end of a login that was not approved."""
    try:
        session = opened(request)
        outcome = asked(request, session)
    except CountermarkError as error:
        if request.user.is_authenticated and not error.retryable:
            # One more click, on the page that the visitor is about to leave.
            return redirect("members")
        return failed(request, error)
    if outcome.is_open:
        return page(request, WAIT, title="Not confirmed yet", token=request.POST["token"], picture=picture_of(request, session))
    if outcome.kind is not Outcome.APPROVED:
        return page(request, ENDED, state=outcome.name)
    join(request, outcome)
    return redirect("members")


def asked(request: HttpRequest, session: AuthSession) -> LoginOutcome:
    """Asks one question at a time. An approval is given out once, and of two clicks the browser reads the last answer only: both get it.

    What has ended, or what the ID server has forgotten, is shown no more.
    """
    now = time.monotonic()
    with questions_lock:
        for old in [token for token, question in questions.items() if question.holds_until < now - LIFE_S]:
            del questions[old]
        question = questions.setdefault(request.POST["token"], Question())
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
            forget(request, session)
        raise answer
    if not answer.is_open:
        forget(request, session)
    return answer


def join(request: HttpRequest, outcome: LoginOutcome) -> None:
    # Whoever has a SecSign ID may join here; other sites know their members already.
    get_user_model().objects.get_or_create(username=outcome.require_approved())
    log_in(request, authenticate(request, outcome=outcome))


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    try:
        session = opened(request)
        forget(request, session)
        with questions_lock:
            questions.pop(request.POST["token"], None)
        client.cancel(session)
    except CountermarkError as error:
        return failed(request, error)
    return redirect("start")


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("start")
    return page(request, MEMBERS, user=request.user)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    log_out(request)
    response = redirect("start")
    # What was sealed for the visitor until now opens no more.
    set_visitor(response)
    return response


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of this visitor's page; or one more click, on the page that the visitor is about to leave."""
    if request.user.is_authenticated:
        return redirect("members")
    return page(request, FAILED, 403, message="please start here")


@require_GET
def element(request: HttpRequest) -> FileResponse:
    return FileResponse(ELEMENT.open("rb"), content_type="text/javascript")


def opened(request: HttpRequest) -> AuthSession:
    # Without a visit there is no binding, and no token was sealed for this one.
    return sealer.open(request.POST.get("token", ""), request.COOKIES.get("visitor") or secrets.token_bytes(8))


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

call_command("migrate", verbosity=0)
app = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
