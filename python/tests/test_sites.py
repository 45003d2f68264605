"""The example sites, driven over HTTP against the emulator, each in a process of its own."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from serving import Browser, Reply, send

from countermark.testing import IdServer

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
# As long, and somewhat longer, as the sites answer from what they know.
HOLDS_S = 0.6
FORM = [("Content-Type", "application/x-www-form-urlencoded")]


@pytest.fixture(params=["fastapi", "django"])
def site(request: pytest.FixtureRequest, countermark_id_server: IdServer, tmp_path: Path) -> Iterator[str]:
    # The site is handed the socket, and not a port that another may have taken meanwhile.
    listener = socket.create_server(("127.0.0.1", 0))
    address, handed = listener.getsockname(), listener.fileno()
    module = f"{request.param}_site:app"
    server = (
        ["uvicorn", "--fd", str(handed), "--log-level", "warning", module]
        if request.param == "fastapi"
        else ["gunicorn", "--bind", f"fd://{handed}", "--threads", "4", "--log-level", "warning", module]
    )
    process = subprocess.Popen(
        [sys.executable, "-m", *server],
        cwd=EXAMPLES,
        env={
            **os.environ,
            "ID_SERVER": countermark_id_server.server.rstrip("/"),
            "SITE_DATABASE": str(tmp_path / "site.sqlite3"),
        },
        pass_fds=[handed],
    )
    listener.close()
    # A connection waits until the site takes it, and ends with the site.
    with socket.create_connection(address) as first:
        first.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        assert first.recv(1)
    yield f"http://127.0.0.1:{address[1]}"
    process.terminate()
    process.wait()


class Visitor(Browser):
    """A visitor with a page open."""

    def __init__(self, site: str) -> None:
        super().__init__()
        self.site = site
        # What only the pages of this visitor have.
        self.hidden: dict[str, str] = {}
        self.get("/")

    def get(self, path: str) -> Reply:
        return self._read(self.send(self.site + path))

    def post(self, path: str, **fields: str) -> Reply:
        return self._read(self.send(self.site + path, urlencode({**self.hidden, **fields}).encode(), FORM))

    def begin(self, secsign_id: str) -> str:
        page = self.post("/login", secsign_id=secsign_id)
        assert page.status == 200, page.body
        assert b"data:image/png;base64," in page.body
        found = re.search(rb'name="token" value="([\w-]+)"', page.body)
        assert found
        return found[1].decode()

    def state(self, token: str) -> object:
        reply = self.post("/state", token=token)
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    def _read(self, reply: Reply) -> Reply:
        for name in ("csrfmiddlewaretoken", "form"):
            found = re.search(rb'name="%b" value="([\w-]+)"' % name.encode(), reply.body)
            if found:
                self.hidden[name] = found[1].decode()
        return reply

    def beside(self, planted: str, *, first: bool) -> list[tuple[str, str]]:
        """The cookies of this browser, and another visitor's before or after them."""
        own = [f"{name}={value}" for name, value in self.cookies.items()]
        return [*FORM, ("Cookie", "; ".join([planted, *own] if first else [*own, planted]))]


def number(server: IdServer, secsign_id: str) -> str:
    [session] = server.control("GET", f"/sessions?secsignid={secsign_id}")
    return str(session["authsessionid"])


def test_a_login(site: str, countermark_id_server: IdServer) -> None:
    visitor = Visitor(site)
    assert visitor.get("/members").status in (302, 303)
    token = visitor.begin("Alice")
    page = dict(visitor.hidden)
    assert visitor.state(token) == {"state": "pending", "final": False}
    time.sleep(HOLDS_S)
    countermark_id_server.act(number(countermark_id_server, "alice"), "approve")
    assert visitor.state(token) == {"state": "approved", "final": True, "next": "/members"}
    assert b"Hello alice." in visitor.get("/members").body
    # Asked once more, on the page that the visitor is about to leave. Django has changed the form's token.
    visitor.hidden = page
    assert visitor.post("/check", token=token).status in (302, 303)
    assert b"Hello alice." in visitor.get("/members").body


def test_a_denied_login(site: str, countermark_id_server: IdServer) -> None:
    visitor = Visitor(site)
    token = visitor.begin("bob")
    countermark_id_server.act(number(countermark_id_server, "bob"), "deny")
    assert visitor.state(token) == {"state": "denied", "final": True}
    # The element sends the form then.
    assert b"The login ended: denied." in visitor.post("/check", token=token).body
    assert visitor.get("/members").status in (302, 303)


def test_a_suspended_login_says_where_to_look(site: str, countermark_id_server: IdServer) -> None:
    visitor = Visitor(site)
    token = visitor.begin("mike")
    countermark_id_server.act(number(countermark_id_server, "mike"), "suspend")
    assert b"suspended. Another login for this ID came in between. If the ID is frozen, activate it again in the app." in (
        visitor.post("/check", token=token).body
    )


def test_a_member_who_comes_to_the_login_form_is_in_already(site: str, countermark_id_server: IdServer) -> None:
    visitor = Visitor(site)
    token = visitor.begin("nina")
    countermark_id_server.act(number(countermark_id_server, "nina"), "approve")
    assert visitor.state(token) == {"state": "approved", "final": True, "next": "/members"}
    assert visitor.get("/").status in (302, 303)
    assert b"Hello nina." in visitor.get("/members").body


def test_a_login_without_scripts(site: str, countermark_id_server: IdServer) -> None:
    visitor = Visitor(site)
    token = visitor.begin("frank")
    assert b"Not confirmed yet" in visitor.post("/check", token=token).body
    time.sleep(HOLDS_S)
    countermark_id_server.act(number(countermark_id_server, "frank"), "approve")
    assert visitor.post("/check", token=token).status in (302, 303)
    assert b"Hello frank." in visitor.get("/members").body


def test_the_element_is_that_of_the_checkout(site: str) -> None:
    visitor = Visitor(site)
    page = visitor.post("/login", secsign_id="grace").body
    assert b'<countermark-login poll="/state">' in page and b'form slot="check"' in page
    reply = visitor.get("/countermark-login.mjs")
    assert reply.body == (EXAMPLES.parents[1] / "wasm/element/countermark-login.mjs").read_bytes()


def test_a_stolen_token_opens_nothing(site: str, countermark_id_server: IdServer) -> None:
    victim, thief = Visitor(site), Visitor(site)
    token = victim.begin("carol")
    countermark_id_server.act(number(countermark_id_server, "carol"), "approve")
    assert thief.post("/state", token=token).status == 401
    assert thief.get("/members").status in (302, 303)
    assert victim.post("/state", token=token[:-1]).status == 401
    assert victim.state(token) == {"state": "approved", "final": True, "next": "/members"}


def test_cancel_and_a_second_login(site: str) -> None:
    visitor = Visitor(site)
    token = visitor.begin("dave")
    assert Visitor(site).post("/login", secsign_id="dave").status == 429
    assert visitor.begin("dave") == token
    assert visitor.post("/cancel", token=token).status in (302, 303)
    assert visitor.begin("dave") != token


def test_the_picture_stays_until_the_end(site: str, countermark_id_server: IdServer) -> None:
    visitor = Visitor(site)
    token = visitor.begin("heidi")
    assert b"data:image/png;base64," in visitor.post("/check", token=token).body
    time.sleep(HOLDS_S)
    countermark_id_server.act(number(countermark_id_server, "heidi"), "deny")
    assert b"denied" in visitor.post("/check", token=token).body
    assert visitor.begin("heidi") != token


def test_a_forged_request(site: str, countermark_id_server: IdServer) -> None:
    stranger = Browser()
    reply = stranger.send(f"{site}/login", b"secsign_id=erin", FORM)
    assert reply.status == 403
    assert Visitor(site).get("/login").status == 405
    assert countermark_id_server.control("GET", "/sessions?secsignid=erin") == []


@pytest.mark.parametrize("first", [True, False])
def test_a_planted_cookie_beside_the_own_one(site: str, countermark_id_server: IdServer, first: bool) -> None:
    """A host beside this one may set it for both. Of the two, nothing says which is planted."""
    attacker, visitor = Visitor(site), Visitor(site)
    cookies = visitor.beside(f"visitor={attacker.cookies['visitor']}", first=first)
    form = urlencode({**visitor.hidden, "secsign_id": "ivan"}).encode()
    assert send(f"{site}/login", form, cookies).status == 400
    assert b"delete the cookies" in send(f"{site}/", None, cookies).body
    assert countermark_id_server.control("GET", "/sessions?secsignid=ivan") == []


def test_a_cookie_that_was_planted_since_does_not_fit_the_form(site: str, countermark_id_server: IdServer) -> None:
    attacker, visitor = Visitor(site), Visitor(site)
    visitor.cookies["visitor"] = attacker.cookies["visitor"]
    assert visitor.post("/login", secsign_id="judy").status == 403
    assert countermark_id_server.control("GET", "/sessions?secsignid=judy") == []
    victim = Visitor(site)
    token = victim.begin("judy")
    form = victim.hidden.pop("form")
    for path in ("/login", "/state", "/check", "/cancel"):
        assert victim.post(path, token=token, secsign_id="judy").status == 403
    victim.hidden["form"] = form
    assert victim.state(token) == {"state": "pending", "final": False}


def test_a_link_from_elsewhere_shows_a_form_that_works(site: str) -> None:
    visitor = Visitor(site)
    visitor.begin("kate")
    # A link on another site: the browser sends cookies that are Lax, and these only.
    sent = visitor.send(site + "/")
    assert sent.status == 200
    strict = [line for line in sent.set_cookies if "samesite=strict" in line.lower()]
    assert sent.set_cookies and not strict
    visitor._read(sent)
    assert visitor.begin("kate")


def test_a_second_click_while_the_first_is_under_way(site: str, countermark_id_server: IdServer) -> None:
    countermark_id_server.control(
        "POST", "/faults", [{"request": "start", "secsignid": "leo", "fault": "body-slow", "value": "700", "times": 1}]
    )
    visitor = Visitor(site)
    form, cookies = urlencode({**visitor.hidden, "secsign_id": "leo"}).encode(), dict(visitor.cookies)
    replies: list[Reply] = []

    def click() -> None:
        browser = Browser()
        browser.cookies = dict(cookies)
        replies.append(browser.send(f"{site}/login", form, FORM))

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
        time.sleep(0.25)
    for thread in clicks:
        thread.join()
    assert [reply.status for reply in replies] == [200, 200]
    assert len({re.search(rb'name="token" value="([\w-]+)"', reply.body)[1] for reply in replies}) == 1  # type: ignore[index]
    starts = [exchange for exchange in countermark_id_server.transcript() if exchange["request"] == "start"]
    assert len(starts) == 1


def test_every_page_is_whole_and_says_what_it_is(site: str, countermark_id_server: IdServer) -> None:
    visitor = Visitor(site)
    pages = {"Log in": visitor.get("/"), "Check your phone": visitor.post("/login", secsign_id="olga")}
    found = re.search(rb'name="token" value="([\w-]+)"', pages["Check your phone"].body)
    assert found
    token = found[1].decode()
    pages["Not confirmed yet"] = visitor.post("/check", token=token)
    refused = [
        Visitor(site).post("/login", secsign_id="?"),
        Visitor(site).post("/check", token="x"),
        Browser().send(f"{site}/login", b"secsign_id=olga", FORM),
        send(f"{site}/", None, [("Cookie", "visitor=a; visitor=b")]),
        Browser().send(f"{site}/nothing"),
    ]
    assert [reply.status for reply in refused] == [400, 401, 403, 400, 404]
    time.sleep(HOLDS_S)
    countermark_id_server.act(number(countermark_id_server, "olga"), "deny")
    refused.append(visitor.post("/check", token=token))
    token = visitor.begin("pete")
    countermark_id_server.act(number(countermark_id_server, "pete"), "approve")
    assert visitor.post("/check", token=token).status in (302, 303)
    pages["Members"] = visitor.get("/members")
    titled = [*pages.items(), *(("Not (logged in|here)", reply) for reply in refused)]
    for title, reply in titled:
        assert reply.headers.get("Content-Type", reply.headers.get("content-type")) == "text/html; charset=utf-8"
        text = reply.body.decode()
        assert re.match(rf'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - (FastAPI|Django) example</title>', text), text
        assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
        assert text.count("<h1>") == 1
        policy = {name.lower(): value for name, value in reply.headers.items()}["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';") and "unsafe" not in policy and "style-src" not in policy
        assert not re.search(r"<style|style=|<script(?! type=\"module\" src=)|\son\w+=", text)


def test_over_https_the_cookies_are_those_of_this_host_only() -> None:
    """Where no server for trying out is named."""
    environment = {name: value for name, value in os.environ.items() if name != "ID_SERVER"}
    for program in (FASTAPI_COOKIES, DJANGO_COOKIES):
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=EXAMPLES, env=environment, capture_output=True, text=True, timeout=60
        )
        assert ran.returncode == 0, ran.stderr
        cookies = ran.stdout.splitlines()
        assert cookies
        for cookie in cookies:
            assert cookie.startswith("__Host-") and "; secure" in cookie.lower() and "; path=/" in cookie.lower(), cookie
            assert "domain" not in cookie.lower() and "samesite=lax" in cookie.lower(), cookie


FASTAPI_COOKIES = """
from fastapi.testclient import TestClient
import fastapi_site
client = TestClient(fastapi_site.app, base_url="https://testserver")
print(client.get("/").headers["set-cookie"])
"""

DJANGO_COOKIES = """
import os, tempfile
os.environ["SITE_DATABASE"] = os.path.join(tempfile.mkdtemp(), "site.sqlite3")
import django_site
from django.test import Client
client = Client()
for cookie in client.get("/", secure=True, headers={"host": "localhost"}).cookies.values():
    print(cookie.OutputString())
"""
