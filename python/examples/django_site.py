"""A site with a SecSign ID login, on Django, in one file.

    countermark id-server                         # in another terminal; it prints the address of `server`
    ID_SERVER=http://127.0.0.1:40017 python django_site.py runserver
"""

import os
import secrets
import sys
import tempfile

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
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        ROOT_URLCONF=__name__,
        SECRET_KEY=secrets.token_urlsafe(50),
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth import login as log_in
from django.core.management import call_command, execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from countermark import AuthSession, CountermarkError, LoginClient, LoginService, Outcome, SealKey, SessionSealer

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

START = """<!doctype html><title>Example</title>
<form method="post" action="/login">{% csrf_token %}
<label>SecSign ID <input name="secsign_id" autocomplete="username" autofocus></label> <button>Log in</button></form>"""

WAIT = """<!doctype html><title>Example</title>
<h1>Check your phone</h1>
<p>Pick this symbol on your phone.</p>
{% if picture %}<img src="{{ picture }}" alt="access pass">{% endif %}
<form id="wait">{% csrf_token %}<input type="hidden" name="token" value="{{ token }}"></form><p id="state" role="status"></p>
<form method="post" action="/cancel">{% csrf_token %}<input type="hidden" name="token" value="{{ token }}"><button>Cancel</button></form>
<script src="/wait.js"></script>"""

SCRIPT = """async function ask() {
    const body = new URLSearchParams(new FormData(document.getElementById("wait")));
    const { state, open } = await (await fetch("/state", { method: "POST", body })).json();
    document.getElementById("state").textContent = state;
    if (state === "approved") location = "/members";
    else if (open) setTimeout(ask, 2000);
}
setTimeout(ask, 2000);
"""


def page(request: HttpRequest, text: str, **values: object) -> HttpResponse:
    content = engines["django"].from_string(text).render(values, request)
    headers = {"Content-Security-Policy": "default-src 'self'; img-src data:", "Cache-Control": "no-store"}
    return HttpResponse(content, headers=headers)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    request.session.setdefault("visitor", secrets.token_urlsafe())
    return page(request, START)


@require_POST
def login(request: HttpRequest) -> HttpResponse:
    visitor = request.session.get("visitor")
    if visitor is None:
        return redirect("start")
    try:
        challenge = client.begin(request.POST.get("secsign_id", ""))
    except CountermarkError as error:
        return HttpResponse(error.public_message, status=error.http_hint)
    picture = challenge.access_pass and challenge.access_pass.data_uri
    return page(request, WAIT, picture=picture, token=sealer.seal(challenge.session, visitor))


@require_POST
def state(request: HttpRequest) -> HttpResponse:
    try:
        outcome = client.check(opened(request))
    except CountermarkError as error:
        return JsonResponse({"state": "error", "open": False, "message": error.public_message}, status=error.http_hint)
    if outcome.kind is Outcome.APPROVED:
        # Whoever has a SecSign ID may join here; other sites know their members already.
        get_user_model().objects.get_or_create(username=outcome.require_approved())
        log_in(request, authenticate(request, outcome=outcome))
    return JsonResponse({"state": outcome.name, "open": outcome.is_open})


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    try:
        client.cancel(opened(request))
    except CountermarkError as error:
        return HttpResponse(error.public_message, status=error.http_hint)
    return redirect("start")


@require_GET
def members(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("start")
    return page(request, "<!doctype html><title>Members</title><h1>Hello {{ user }}.</h1>", user=request.user)


@require_GET
def script(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SCRIPT, content_type="text/javascript")


def opened(request: HttpRequest) -> AuthSession:
    # Without a visit there is no binding, and no token was sealed for this one.
    return sealer.open(request.POST.get("token", ""), request.session.get("visitor") or secrets.token_bytes(8))


urlpatterns = [
    path("", start, name="start"),
    path("login", login),
    path("state", state),
    path("cancel", cancel),
    path("members", members),
    path("wait.js", script),
]

call_command("migrate", verbosity=0)
app = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
