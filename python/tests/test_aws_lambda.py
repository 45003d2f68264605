"""What is particular to AWS Lambda."""

import base64
from typing import Any

import pytest
from frameworks import SECRET, signed, verifier, work

from countermark import (
    ConfigError,
    MemoryReplayStore,
    VerifiedWebhook,
    WebhookKey,
    WebhookVerifier,
)
from countermark.contrib import aws_lambda
from countermark.testing import sign_webhook


def test_a_key_is_kept_by_the_clock_of_the_verifier() -> None:
    class Store:
        def reserve(self, key: str, until_ms: int) -> None:
            self.until_ms = until_ms

        def release(self, key: str) -> None: ...

    store = Store()
    github = WebhookVerifier("github", [WebhookKey("1", "a secret")], clock=lambda: 1_000.5)
    handler = aws_lambda.verify_webhook(github, store=store, keep_s=60)(lambda_handler)
    event = {"body": "{}", "headers": dict(sign_webhook("github", "a secret", b"{}").headers)}
    assert handler(event, None)["statusCode"] == 200
    assert store.until_ms == 1_060_500


def lambda_handler(webhook: VerifiedWebhook, event: dict[str, Any], context: object) -> Any:
    text = work(webhook)
    return text and {"statusCode": 200, "body": text}


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_lambda(encoded: bool, version: str) -> None:
    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(lambda_handler)
    body = b'{"a": 1}'
    pairs = signed(body, "msg_lambda")
    event: dict[str, Any] = {
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }
    if version == "1.0":
        event |= {"httpMethod": "POST", "multiValueHeaders": {name: [value] for name, value in pairs}}
    else:
        event |= {
            "headers": {name.lower(): value for name, value in pairs},
            "rawPath": "/hook",
            "rawQueryString": "",
            "requestContext": {"http": {"method": "POST"}},
        }
    assert handler(event, None) == {"statusCode": 200, "body": 'took {"a": 1}'}
    again = handler(event, None)
    assert (again["statusCode"], again["body"]) == (200, "")
    assert handler({**event, "body": ""}, None)["statusCode"] == 401


def test_lambda_gives_the_key_back_after_a_5xx_and_takes_no_broken_text() -> None:
    unavailable = {"statusCode": 503, "body": ""}
    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(lambda *_: unavailable)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_503"))}
    assert [handler(event, None) for _ in range(2)] == [unavailable] * 2
    assert handler({**event, "body": "\ud800"}, None)["statusCode"] == 401


def test_lambda_runs_no_coroutine_and_says_so() -> None:
    ran = []

    async def handle(*_: Any) -> None:
        ran.append(1)

    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(handle)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_coroutine"))}
    for _ in range(2):
        # Nothing was done, so nothing is remembered as done.
        with pytest.raises(TypeError):
            handler(event, None)
    assert ran == []


API_GATEWAY = {"requestContext": {"path": "/prod/hook"}, "path": "/hook"}

LOAD_BALANCER = {"requestContext": {"elb": {"targetGroupArn": "arn"}}, "path": "/prod/hook"}


@pytest.mark.parametrize("platform", [API_GATEWAY, LOAD_BALANCER])
def test_lambda_finds_the_query_of_every_event_and_answers_in_its_form(platform: dict[str, Any]) -> None:
    meta = WebhookVerifier("meta", [WebhookKey("1", "a secret")])
    handler = aws_lambda.verify_webhook(meta, handshake_secret="a token&")(lambda_handler)
    # A gateway decodes the query, a load balancer does not.
    token = "a token&" if platform is API_GATEWAY else "a%20token%26"
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "12345"}
    event = {"httpMethod": "GET", "headers": {}, "body": None, "queryStringParameters": query, **platform}
    answer = handler(event, None)
    assert (answer["statusCode"], answer["body"], answer["isBase64Encoded"]) == (200, "12345", False)
    assert answer["headers"]["Content-Type"].startswith("text/plain")

    many = {name: [value] for name, value in query.items()}
    event |= {"multiValueHeaders": {}, "multiValueQueryStringParameters": many}
    named = "headers" if platform is API_GATEWAY else "multiValueHeaders"
    answer = handler(event, None)
    assert (answer["body"], "multiValueHeaders" in answer, "headers" in answer) == (
        "12345",
        named == "multiValueHeaders",
        named == "headers",
    )


@pytest.mark.parametrize("platform", [API_GATEWAY, LOAD_BALANCER])
def test_lambda_knows_the_url_of_every_event(platform: dict[str, Any]) -> None:
    square = WebhookVerifier("square", [WebhookKey("1", "a secret")])
    handler = aws_lambda.verify_webhook(square, origin="https://hooks.example")(lambda_handler)
    url = "https://hooks.example/prod/hook?a=b%20c"
    signed = sign_webhook("square", "a secret", b"{}", url=url).headers
    value = "b c" if platform is API_GATEWAY else "b%20c"
    event = {"httpMethod": "POST", "headers": dict(signed), "body": "{}", "queryStringParameters": {"a": value}}
    assert handler({**event, **platform}, None)["statusCode"] == 200
    assert handler({**event, **platform, "queryStringParameters": {"a": "d"}}, None)["statusCode"] == 401


@pytest.mark.parametrize("answer", ["text", ["a", "list"], {"a": "body"}, {"statusCode": "200"}, {"statusCode": "500"}, 7])
def test_lambda_takes_every_form_of_an_answer(answer: Any) -> None:
    handler = aws_lambda.verify_webhook(verifier(), store=MemoryReplayStore())(lambda *_: answer)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_form"))}
    assert handler(event, None) == answer
    again = handler(event, None)
    assert again == answer if answer == {"statusCode": "500"} else (again["statusCode"], again["body"]) == (200, "")


def test_schemes_without_a_time_want_to_know_how_long() -> None:
    github = WebhookVerifier("github", [WebhookKey("1", "a secret")])
    with pytest.raises(ConfigError, match="time to keep"):
        aws_lambda.verify_webhook(github, store=MemoryReplayStore())
    with pytest.raises(ConfigError):
        aws_lambda.verify_webhook(github, store=MemoryReplayStore(), keep_s=0)
    handler = aws_lambda.verify_webhook(github, store=MemoryReplayStore(), keep_s=3600)(lambda_handler)
    event = {"body": "{}", "headers": dict(sign_webhook("github", "a secret", b"{}").headers)}
    assert [handler(event, None)["body"] for _ in range(2)] == ["took {}", ""]


def test_a_time_that_is_not_checked_wants_to_know_how_long_too() -> None:
    queued = WebhookVerifier("standard-webhooks", [WebhookKey("1", SECRET)], check_time=False)
    event = {"body": "{}", "headers": dict(signed(b"{}", "msg_queued"))}
    with pytest.raises(ConfigError, match="time to keep"):
        aws_lambda.verify_webhook(queued, store=MemoryReplayStore())
    handler = aws_lambda.verify_webhook(queued, store=MemoryReplayStore(), keep_s=0.5)(lambda_handler)
    assert [handler(event, None)["body"] for _ in range(2)] == ["took {}", ""]
