"""Every vector of `tests/vectors`, through the adapter.

Those of `login/` need servers: `tests/conformance` runs them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adapter
import pytest

VECTORS = Path(__file__).resolve().parents[2] / "tests/vectors"


def cases() -> Iterator[Any]:
    for path in sorted(VECTORS.rglob("*.json")):
        folder = path.relative_to(VECTORS).parts[0]
        if folder in ("login", "receiver", "schema"):
            continue
        for group in json.loads(path.read_text())["testGroups"]:
            for test in group["tests"]:
                name = f"{path.relative_to(VECTORS).with_suffix('')}-{test['tcId']}"
                yield pytest.param({**group["request"], **test["request"]}, test, id=name)


@pytest.mark.parametrize(("request_", "test"), list(cases()))
def test_vector(request_: dict[str, Any], test: dict[str, Any]) -> None:
    answer = adapter.answer(json.dumps({**request_, "id": test["tcId"]}))
    assert answer["id"] == test["tcId"]
    if test["result"] == "valid":
        assert answer.get("ok") == test["ok"], test["comment"]
    else:
        assert answer.get("error") == test["error"], test["comment"]


@pytest.mark.parametrize("line", ["", "[]", "{", '{"op": "no.such"}', '{"op": 1}', '{"op": "query.verify"}', "[" * 100_000])
def test_what_is_no_request(line: str) -> None:
    assert adapter.answer(line) == adapter.BAD_REQUEST
