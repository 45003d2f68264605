"""The transactions of Django's requests: what fails as they end has undone the work, so it may not be kept as done before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from django.db import connections, transaction


class Every(set[str]):
    """Names of databases. Django takes it for all names there are, and so begins no transaction of ``ATOMIC_REQUESTS`` around a decorator:
    `transactions` does, within it, but for the names that are really there."""

    def __contains__(self, alias: object) -> bool:
        return True


def transactions(outside: Every) -> ExitStack:
    """Those of ``ATOMIC_REQUESTS``, to be entered."""
    without, stack = set(outside), ExitStack()
    for alias, database in connections.settings.items():
        if database["ATOMIC_REQUESTS"] and alias not in without:
            stack.enter_context(transaction.atomic(using=alias))
    return stack


def open_transactions() -> list[str]:
    """The databases with a transaction around the decorator, as there is around a method of a class."""
    return [alias for alias in connections if connections[alias].in_atomic_block]


def after(around: list[str], work: Callable[[], object]) -> None:
    """Does it when they have ended well; at once where there are none."""
    for alias in around:
        work = partial(transaction.on_commit, work, using=alias)
    work()
