"""Django's ``ATOMIC_REQUESTS``: a transaction that fails as it ends has undone the work of a view that answered."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, sys
import django
from django.conf import settings
settings.configure(
    ALLOWED_HOSTS=["*"], INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"], MIDDLEWARE=[], ROOT_URLCONF="__main__",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1], "ATOMIC_REQUESTS": True}}, SECRET_KEY="x" * 50,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from countermark import MemoryReplayStore, WebhookKey, WebhookVerifier
from countermark.contrib.django import verify_webhook
from countermark.testing import sign_webhook

call_command("migrate", verbosity=0)
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
gate = verify_webhook(WebhookVerifier("standard-webhooks", [WebhookKey("1", secret)]), store=MemoryReplayStore())
calls, methods, drawn = [], [], []

@gate
def hook(request):
    calls.append(connection.in_atomic_block)
    # The first time a foreign key that is checked as the transaction ends.
    Permission.objects.create(name="x", codename="x", content_type_id=99999 if len(calls) == 1 else 1)
    return HttpResponse("took")

@gate
@transaction.non_atomic_requests
def without(request):
    return HttpResponse(str(connection.in_atomic_block))

@transaction.non_atomic_requests
@gate
def without_above(request):
    return HttpResponse(str(connection.in_atomic_block))

class Method(View):
    @method_decorator(gate)
    def post(self, request):
        methods.append(1)
        Permission.objects.create(name="z", codename="z", content_type_id=99999 if len(methods) == 1 else 1)
        return HttpResponse("took")

def breaks_once(response):
    drawn.append(1)
    if len(drawn) == 1:
        raise RuntimeError

@gate
def template(request):
    Permission.objects.create(name="t", codename="t", content_type_id=1)
    response = TemplateResponse(request, engines["django"].from_string("took"))
    response.add_post_render_callback(breaks_once)
    return response

urlpatterns = [path("method", Method.as_view()), path("template", template), path("hook", hook), path("without", without), path("above", without_above)]
client = Client(raise_request_exception=False)

def post(to, id):
    signed = sign_webhook("standard-webhooks", secret, b"{}", message_id=id)
    headers = {name: value for name, value in signed.headers if name != "Content-Type"}
    reply = client.post(to, b"{}", content_type="application/json", headers=headers)
    return reply.status_code, reply.content.decode()[:4]

print([post("/hook", "m1")[0], post("/hook", "m1"), post("/hook", "m1")], calls, Permission.objects.filter(codename="x").count())
print(post("/without", "m2"), post("/above", "m3"))
# Django's own transaction is around a method of a class. What it undid is not said to be done; it may come again when the key is out of time.
print([post("/method", "m4")[0] for _ in range(2)], [post("/method", "m5")[0] for _ in range(2)], len(methods))
print([post("/template", "m6")[0] for _ in range(2)], Permission.objects.filter(codename="t").count())
"""


def test_a_transaction_that_fails_as_it_ends_gives_the_key_back(tmp_path: Path) -> None:
    asked = [sys.executable, "-W", "error::RuntimeWarning", "-c", PROGRAM, str(tmp_path / "db")]
    shown = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=tmp_path).stdout.splitlines()
    assert shown == ["[500, (200, 'took'), (200, '')] [True, True] 1", "(200, 'Fals') (200, 'Fals')", "[500, 409] [200, 200] 2", "[500, 200] 1"]
