"""A fresh project of Django with the settings of the README, as a stranger would make it, under an ASGI server."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import send

from countermark.testing import IdServer, sign_webhook

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()

VIEWS = '''
import os
from django.contrib.auth import aauthenticate, alogin, authenticate, login
from django.http import JsonResponse
from django.urls import path
from countermark import AsyncLoginClient, LoginClient, LoginService, SealKey, SessionSealer, WebhookKey, WebhookVerifier
from countermark.contrib.django import CacheStore, verify_webhook

verifier = WebhookVerifier("github", [WebhookKey("1", "a secret")])
store = CacheStore()
names = {"service_name": "Shop", "service_address": "https://shop.example"}
service = LoginService(server=os.environ["ID_SERVER"], **names)
client, async_client = LoginClient(service, store=store), AsyncLoginClient(service, store=store)
sealer = SessionSealer([SealKey("1", b"k" * 32)], **names)

@verify_webhook(verifier, store=store, keep_s=60)
def hook(request):
    print("took", request.webhook.body.decode(), flush=True)

@verify_webhook(verifier, store=store, keep_s=60)
async def async_hook(request):
    print("took", request.webhook.body.decode(), flush=True)

def begin(request):
    session = client.begin(request.GET["id"]).session
    request.session["login"] = sealer.seal(session, "visitor")
    return JsonResponse({"number": session.auth_session_id})

def check(request):
    outcome = client.check(sealer.open(request.session["login"], "visitor"))
    user = authenticate(request, outcome=outcome)
    if user is not None:
        login(request, user)
    return JsonResponse({"outcome": outcome.name, "user": str(request.user)})

async def async_begin(request):
    session = (await async_client.begin(request.GET["id"])).session
    await request.session.aset("login", sealer.seal(session, "visitor"))
    return JsonResponse({"number": session.auth_session_id})

async def async_check(request):
    outcome = await async_client.check(sealer.open(await request.session.aget("login"), "visitor"))
    user = await aauthenticate(request, outcome=outcome)
    if user is not None:
        await alogin(request, user)
    return JsonResponse({"outcome": outcome.name, "user": str(await request.auser())})

views = (hook, async_hook, begin, check, async_begin, async_check)
urlpatterns = [path(view.__name__, view) for view in views]
'''


class Project:
    def __init__(self, folder: Path, id_server: IdServer) -> None:
        self.folder = folder
        self._environment = {**os.environ, "ID_SERVER": id_server.server.rstrip("/")}
        self._environment.pop("DJANGO_SETTINGS_MODULE", None)
        subprocess.run([sys.executable, "-m", "django", "startproject", "shop", str(folder)], check=True, env=self._environment)
        (folder / "shop/urls.py").write_text(VIEWS)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        ended = subprocess.run(command, cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=120)
        return ended.stdout + ended.stderr

    def serve(self, port: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "warning", "shop.asgi:application"]
        return subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def project(tmp_path: Path, countermark_id_server: IdServer) -> Iterator[Project]:
    yield Project(tmp_path, countermark_id_server)


def test_the_cache_of_a_new_project_is_refused_with_what_to_do(project: Project) -> None:
    said = project.manage("check")
    assert "LocMemCache forgets keys: let CACHES['default'] be Redis or Memcached, or take MemoryReplayStore for a single process" in said


def test_a_new_project(project: Project, redis_port: int, countermark_id_server: IdServer) -> None:
    settings = re.findall(r"^\| `([A-Z_]+ = .*?)` \|", README, re.M)
    assert len(settings) == 4
    with (project.folder / "shop/settings.py").open("a") as file:
        file.write("\n".join(settings).replace(":6379", f":{redis_port}"))
    assert "no issues" in project.manage("check")
    project.manage("migrate")
    project.manage("shell", "-c", "from django.contrib.auth.models import User; [User.objects.create_user(name) for name in ('alice', 'bob')]")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server, site = project.serve(port), f"http://127.0.0.1:{port}"
    try:
        while server.poll() is None:
            try:
                send(f"{site}/")
                break
            except urllib.error.URLError:
                time.sleep(0.05)
        for view in ("hook", "async_hook"):
            body = f'"{site} {view}"'.encode()
            headers = sign_webhook("github", "a secret", body).headers
            bodies = [body, body, body + b" "]
            assert [send(f"{site}/{view}", sent, headers).status for sent in bodies] == [200, 200, 401]
        for prefix, name in (("", "alice"), ("async_", "bob")):
            jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
            browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
            number = json.load(browser.open(f"{site}/{prefix}begin?id={name}"))["number"]
            assert json.load(browser.open(f"{site}/{prefix}check")) == {"outcome": "pending", "user": "AnonymousUser"}
            countermark_id_server.act(number, "approve")
            assert json.load(browser.open(f"{site}/{prefix}check")) == {"outcome": "approved", "user": name}
    finally:
        server.terminate()
        log = server.communicate()[0]
    # Each once, and why the third was refused.
    assert log.count(f'took "{site} hook"') == log.count(f'took "{site} async_hook"') == 1
    assert log.count("webhook refused: ") == 2 and "SIGNATURE_MISMATCH" in log
    assert log.count("login approved") == 2
