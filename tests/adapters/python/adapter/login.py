"""`login.*`: a script answers, and the time is virtual; `login.run` asks a real server."""

from __future__ import annotations

from typing import Any, TypeVar

from countermark import (
    AuthSession,
    CountermarkError,
    HttpRequest,
    Login,
    LoginClient,
    LoginOutcome,
    LoginService,
    Release,
    Reserve,
    Wait,
    normalize_secsign_id,
)

from .fields import BadRequest, Fields, without_none

T = TypeVar("T")

FAILURES = ("timeout", "unreachable", "tls")
PHASES = ("not_sent", "maybe_sent")


def request(fields: Fields) -> dict[str, Any]:
    """The request that a task sends first."""
    used, kind = service(fields), fields.text("request")
    if kind == "start":
        login = Login.begin(used, fields.text("secsignid"), 0)
    elif kind == "state":
        login = Login.check(used, session(used, fields), 0)
    elif kind == "cancel":
        login = Login.cancel(used, session(used, fields), 0)
    elif kind == "release":
        login = Login.release(used, session(used, fields), 0)
    else:
        raise BadRequest
    if isinstance(login.poll(0), Reserve):
        login.on_store(None, 0)
    sent = login.poll(0)
    if not isinstance(sent, HttpRequest):
        raise BadRequest
    return {
        "method": sent.method,
        "path": "/" + sent.url.split("/", 3)[3],
        "content_type": dict(sent.headers).get("Content-Type"),
        "body": sent.body.decode(),
    }


def machine(fields: Fields) -> dict[str, Any]:
    """A whole task against scripted answers."""
    login = _task(fields)
    requests, store, ended_ms = _drive(login, fields)
    if not fields.flag_opt("transcript"):
        return _result(login)
    try:
        ok = _result(login)
    except CountermarkError as error:
        ok = {"error": error.code}
    return {**ok, "requests": requests, "store": store, "retries": login.retries, "ended_ms": ended_ms}


def _task(fields: Fields) -> Login:
    used, now_ms, task = service(fields), fields.int("now_ms"), fields.text("task")
    opened = fields.object_opt("session")
    if task == "begin" and opened is None:
        return Login.begin(used, fields.text("secsignid"), now_ms)
    if opened is None:
        raise BadRequest
    ours = session(service(opened) if opened.has("service_name") else used, opened)
    if task == "check":
        return Login.check(used, ours, now_ms)
    if task == "wait":
        return Login.wait(used, ours, now_ms, deadline_ms=fields.int_opt("deadline_ms"))
    if task == "cancel":
        return Login.cancel(used, ours, now_ms)
    if task == "release":
        return Login.release(used, ours, now_ms)
    raise BadRequest


def _drive(login: Login, fields: Fields) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Runs a task to its end, and gives what it sent, what it stored, and when it ended."""
    now_ms, abort_ms = fields.int("now_ms"), fields.int_opt("abort_ms")
    events, repeat = fields.objects("events"), fields.flag_opt("repeat")
    refusals = fields.list("store")
    requests: list[dict[str, Any]] = []
    store: list[dict[str, Any]] = []
    while (step := login.poll(now_ms)) is not None:
        event = None
        if isinstance(step, Reserve | Release):
            refusal = refusals[len(store)] if len(store) < len(refusals) else None
            if isinstance(step, Reserve):
                store.append({"at_ms": now_ms, "reserve": step.key, "until_ms": step.until_ms})
            else:
                store.append({"at_ms": now_ms, "release": step.key})
            login.on_store(None if refusal is None else CountermarkError(refusal).number, now_ms)
            continue
        if isinstance(step, Wait):
            due_ms = step.until_ms
        else:
            requests.append({"at_ms": now_ms, "url": step.url, "body": step.body.decode()})
            at = len(requests) - 1
            if at >= len(events) and not (repeat and events):
                raise BadRequest
            event = events[min(at, len(events) - 1)]
            due_ms = now_ms + (event.int_opt("after_ms") or 0)
        if abort_ms is not None and abort_ms <= due_ms:
            now_ms, abort_ms = abort_ms, None
            login.abort(now_ms)
            continue
        now_ms = due_ms
        if event is not None:
            _feed(login, event, now_ms)
    return requests, store, now_ms


def _feed(login: Login, event: Fields, now_ms: int) -> None:
    if failure := event.text_opt("failure"):
        phase = event.text("phase")
        if failure not in FAILURES or phase not in PHASES:
            raise BadRequest
        login.on_transport_error(failure, phase, now_ms)
        return
    text, status = event.text_opt("body"), event.int_opt("status")
    body = event.bytes("body_base64") if text is None else text.encode()
    login.on_response(200 if status is None else status, body, now_ms)


def _result(login: Login) -> dict[str, Any]:
    outcome = login.outcome()
    ok = without_none(outcome=outcome.name, authenticated_id=outcome.secsign_id)
    try:
        challenge = login.challenge()
    except CountermarkError:
        return ok
    return {
        **ok,
        "secsignid": challenge.session.secsign_id,
        "authsessionid": challenge.session.auth_session_id,
        "access_pass": challenge.access_pass is not None,
    }


def run(fields: Fields) -> dict[str, Any]:
    """The login client against a real server."""
    # Without a server, the client would turn to the public one.
    fields.text("server")
    with LoginClient(service(fields), extra_roots_pem=fields.text_opt("ca_pem")) as client:
        steps = _Steps(client, fields)
        trace = [steps.run(step) for step in fields.texts("steps")]
    return without_none(trace=trace, authenticated_id=steps.authenticated_id)


class _Steps:
    def __init__(self, client: LoginClient, fields: Fields) -> None:
        self.client = client
        self.secsign_id = fields.text("secsignid")
        deadline_ms = fields.int_opt("deadline_ms")
        self.timeout = None if deadline_ms is None else deadline_ms / 1000
        self.session: AuthSession | None = None
        self.authenticated_id: str | None = None

    def run(self, step: str) -> dict[str, str]:
        try:
            return {"step": step, "outcome": self._outcome(step)}
        except CountermarkError as error:
            return {"step": step, "error": error.code}

    def _outcome(self, step: str) -> str:
        if step == "start":
            self.session = self.client.begin(self.secsign_id).session
            return "pending"
        if self.session is None:
            raise CountermarkError("WRONG_STATE")
        if step == "check":
            return self._note(self.client.check(self.session))
        if step == "wait":
            return self._note(self.client.wait(self.session, timeout=self.timeout))
        if step == "cancel":
            self.client.cancel(self.session)
            return "canceled"
        if step == "release":
            self.client.release(self.session)
            return "released"
        raise BadRequest

    def _note(self, outcome: LoginOutcome) -> str:
        self.authenticated_id = outcome.secsign_id or self.authenticated_id
        return outcome.name


def service(fields: Fields) -> LoginService:
    # A start must say what it is for; the other requests do not send it.
    needed = "" if fields.text_opt("request") == "start" else "x"

    show = fields.flag_opt("show_access_pass")
    return LoginService(
        server=fields.text_opt("server"),
        fallback=fields.text_opt("fallback"),
        service_name=_either(fields, "service_name", "servicename", needed),
        service_address=_either(fields, "service_address", "serviceaddress", needed),
        plugin_name=_either(fields, "plugin_name", "pluginname", None),
        show_access_pass=fields.flag_opt("showaccesspass") if show is None else show,
        allow_priority_code=fields.flag_opt("allow_priority_code"),
        api_method=_either(fields, "api_method", "apimethod", None),
        connect_timeout_ms=fields.int_opt("connect_timeout_ms"),
        total_timeout_ms=fields.int_opt("total_timeout_ms"),
    )


def _either(fields: Fields, name: str, wire: str, default: T) -> str | T:
    for spelling in (name, wire):
        if (text := fields.text_opt(spelling)) is not None:
            return text
    return default


def session(used: LoginService, fields: Fields) -> AuthSession:
    """A session exists only through a begin, so one is begun and answered here."""
    created_ms = fields.int_opt("created_ms") or 0
    login = Login.begin(used, fields.text("secsignid"), created_ms)
    login.on_store(None, created_ms)
    if fields.flag_opt("on_fallback"):
        login.on_transport_error("unreachable", "not_sent", created_ms)
    reply = (
        f"authsessionid={fields.text('authsessionid')}&requestid={fields.text('requestid')}"
        f"&authsessionstate=1&secsignid={normalize_secsign_id(fields.text('secsignid'))}"
    )
    login.on_response(200, reply.encode(), created_ms)
    return login.challenge().session
