"""A store that blocks, where there is an event loop: it is asked on a thread."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextvars import copy_context
from copy import copy
from functools import partial
from typing import Any, TypeVar, cast

from .._native import MemoryReplayStore
from .._shield import to_the_end
from ._gate import QueryGate, WebhookGate

Gate = TypeVar("Gate", WebhookGate, QueryGate)
Asked = Callable[..., Any]


def _in_thread(ask: Asked) -> Asked:
    # A future and no task: the end of a loop cancels its tasks, and what a thread does goes on.
    return lambda *given: asyncio.get_running_loop().run_in_executor(None, partial(copy_context().run, ask, *given))


def off_loop(gate: Gate, on_thread: Callable[[Asked], Asked] = _in_thread) -> Gate:
    """The gate for asyncio: a store that blocks is asked on a thread. ``on_thread`` makes a function that can be awaited."""
    if gate.store is None or isinstance(gate.store, MemoryReplayStore):
        return gate
    beside, store = copy(gate), _OnThread(gate.store, on_thread)
    beside.store = cast(Any, store)
    return beside


class _OnThread:
    """A store that may block, which would stop the loop with all its requests."""

    def __init__(self, store: object, on_thread: Callable[[Asked], Asked]) -> None:
        self._store = store
        self._on_thread = on_thread

    def __getattr__(self, step: str) -> Any:
        ask = getattr(self._store, step)
        if inspect.iscoroutinefunction(ask):
            return ask

        async def late(*given: object) -> object:
            # To its end: who is stopped on the way does not know what the thread has done.
            work, _ = await to_the_end(self._on_thread(ask)(*given))
            said = work.result()
            # Of a function that gives a coroutine, and does not look like one that does.
            return await said if inspect.isawaitable(said) else said

        def asked(*given: object) -> object:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                # In a loop of trio, which has other threads.
                return ask(*given)
            return late(*given)

        return asked
