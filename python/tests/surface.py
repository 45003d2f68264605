"""The public surface of the package as text, one line for each name: ``python tests/surface.py > tests/surface.txt``.

Types stand in the stubs, which mypy and pyright check; here are the names, what can be called how, and the exceptions' tree.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

MODULES = (
    "countermark",
    "countermark.errors",
    "countermark.stores",
    "countermark.testing",
    "countermark.contrib.asgi",
    "countermark.contrib.aws_lambda",
    "countermark.contrib.django",
    "countermark.contrib.fastapi",
    "countermark.contrib.flask",
)


def lines() -> Iterator[str]:
    for name in MODULES:
        module = importlib.import_module(name)
        for member in sorted(set(dir(module)) - {"annotations"}):
            if not member.startswith("_"):
                yield from describe(f"{name}.{member}", getattr(module, member), name)


def describe(path: str, value: Any, module: str) -> Iterator[str]:
    if inspect.ismodule(value) or str(getattr(value, "__module__", module)).split(".")[0] != "countermark":
        return
    if not inspect.isclass(value):
        # What a module borrows from another is not its own.
        if module != "countermark" and getattr(value, "__module__", None) != module:
            return
        yield path + (signature(value) if callable(value) else "")
        return
    home = "countermark" if hasattr(importlib.import_module("countermark"), value.__name__) else value.__module__
    if home != module and not (module != "countermark" and home.startswith(f"{module}.")):
        return
    bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
    yield f"class {path}{signature(value)}" + (f" < {bases}" if bases else "")
    for member, attribute in sorted(vars(value).items()):
        if not member.startswith("_") and not inspect.isclass(attribute):
            yield f"{path}.{member}" + (signature(attribute) if callable(getattr(value, member)) else "")


def signature(value: Any) -> str:
    function = getattr(value, "__func__", value)
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    none = inspect.Parameter.empty
    parameters = [
        parameter.replace(annotation=none, default=Shown(parameter.default) if parameter.default is not none else none)
        for parameter in found.parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    return str(found.replace(parameters=parameters, return_annotation=inspect.Signature.empty))


class Shown:
    """A default: a function has no text of its own that would stay."""

    def __init__(self, value: object) -> None:
        self._text = "..." if callable(value) else repr(value)

    def __repr__(self) -> str:
        return self._text


if __name__ == "__main__":
    import frameworks  # noqa: F401  It configures Django.

    print("\n".join(lines()))
