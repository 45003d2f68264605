"""Replay keys that a server could not free when it was asked to: they are tried again beside the program's own work.

Nobody waits for it, since the server may be away for long. Without it, the next try of a sender would be refused for as long as its key is kept.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

log = logging.getLogger("countermark")

# A client that has just failed connects again first, and the server may be starting.
PAUSE_S = 0.5
# How long a key is tried. In the end it goes with its time.
PATIENCE_S = 10.0
# A client may wait longer than that for a single connection, and the server come back meanwhile.
ROUNDS_MIN = 3
# After so many failures the store is away, and it is not one key that cannot be freed.
FAILURES_MAX = 3
# How many keys are remembered. Those of links are never settled.
KEYS_MAX = 10_000


class Values:
    """The values of keys, as long as they are of use."""

    def __init__(self) -> None:
        # Its steps are whole, from any thread.
        self._values: OrderedDict[str, str] = OrderedDict()

    def keep(self, name: str, value: str) -> None:
        self._values[name] = value
        if len(self._values) > KEYS_MAX:
            self._values.popitem(last=False)

    def take(self, name: str) -> str | None:
        return self._values.pop(name, None)


@dataclass
class _Patience:
    until: float
    rounds: int = 0

    def is_over(self) -> bool:
        return self.rounds >= ROUNDS_MIN and self.until <= time.monotonic()


class _Due:
    """What is still to be given back, the oldest first."""

    def __init__(self) -> None:
        self._keys: OrderedDict[tuple[str, str], _Patience] = OrderedDict()

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, name: str, value: str) -> None:
        self._keys[name, value] = _Patience(time.monotonic() + PATIENCE_S)
        if len(self._keys) > KEYS_MAX:
            self._keys.popitem(last=False)

    def round(self) -> list[tuple[str, str]]:
        """All keys, to be tried once more."""
        # The names alone: another thread may add one while a list of pairs is made.
        keys = list(self._keys)
        for key in keys:
            if patience := self._keys.get(key):
                patience.rounds += 1
        return keys

    def done(self, key: tuple[str, str]) -> None:
        self._keys.pop(key, None)

    def failed(self, key: tuple[str, str], error: Exception) -> None:
        """Lets the others go first, and drops what was tried long enough."""
        try:
            self._keys.move_to_end(key)
        except KeyError:
            return
        self._drop([key], error)

    def away(self, error: Exception) -> None:
        """The store seems to be away: drops all that waited long enough."""
        self._drop(list(self._keys), error)

    def _drop(self, keys: list[tuple[str, str]], error: Exception) -> None:
        over = [key for key in keys if (patience := self._keys.get(key)) and patience.is_over()]
        for key in over:
            self.done(key)
        if over:
            log.warning("replay keys stay taken for their time, since their store could not free them: %d (%s)", len(over), type(error).__name__)


class GivingBack:
    """For clients that block: by a thread, while there is something to do. ``forget`` frees a key that still has this value."""

    def __init__(self, forget: Callable[[str, str], object]) -> None:
        self._forget = forget
        self._due = _Due()
        self._thread: threading.Thread | None = None

    def later(self, name: str, value: str) -> None:
        self._due.add(name, value)
        thread = self._thread
        # A forked child has no thread of its parent's. Two threads do no harm.
        if thread is None or not thread.is_alive():
            self._thread = thread = threading.Thread(target=self._run, name="countermark-giving-back", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                # A program that ends, or one that may have no more threads.
                log.warning("a replay key stays taken for its time: %s", error)

    def _run(self) -> None:
        while True:
            while not self._all_done():
                time.sleep(PAUSE_S)
            self._thread = None
            # One may have come just before.
            if not self._due:
                return

    def _all_done(self) -> bool:
        failures = 0
        for key in self._due.round():
            try:
                self._forget(*key)
            except Exception as error:
                failures += 1
                self._due.failed(key, error)
                if failures == FAILURES_MAX:
                    self._due.away(error)
                    break
            else:
                self._due.done(key)
        return not self._due


class AsyncGivingBack:
    """For clients of asyncio: by a task."""

    def __init__(self, forget: Callable[[str, str], Awaitable[object]]) -> None:
        self._forget = forget
        self._due = _Due()
        self._task: asyncio.Task[None] | None = None

    def later(self, name: str, value: str) -> None:
        self._due.add(name, value)
        # The task of a loop that has ended does nothing more.
        if self._task is None or self._task.done() or self._task.get_loop() is not asyncio.get_running_loop():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while not await self._all_done():
            await asyncio.sleep(PAUSE_S)

    async def _all_done(self) -> bool:
        failures = 0
        for key in self._due.round():
            try:
                await self._forget(*key)
            except Exception as error:
                failures += 1
                self._due.failed(key, error)
                if failures == FAILURES_MAX:
                    self._due.away(error)
                    break
            else:
                self._due.done(key)
        return not self._due
