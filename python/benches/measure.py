"""Candidates of one question, measured in turns, so that all see the same machine."""

from __future__ import annotations

import gc
import json
import os
import platform
import time
from collections.abc import Callable

ROUNDS = 40
SAMPLE_S = 0.005


def compare(title: str, candidates: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Prints and gives the nanoseconds of a call, those of the best round: what other programs took is not in it. The first is ours."""
    counts = {name: _calibrate(call) for name, call in candidates.items()}
    samples: dict[str, list[float]] = {name: [] for name in candidates}
    gc.disable()
    for _ in range(ROUNDS):
        for name, call in candidates.items():
            samples[name].append(_sample(call, counts[name]))
    gc.enable()
    best = {name: min(times) for name, times in samples.items()}
    ours = next(iter(best.values()))
    if path := os.environ.get("COUNTERMARK_BENCH"):
        with open(path, "a", encoding="utf-8") as file:
            print(json.dumps({"bench": f"Python {platform.python_version()}", "case": title, "ns": best}), file=file)
    print(f"\n{title}")
    for name, nanoseconds in best.items():
        print(f"  {name:<48} {nanoseconds:>12,.0f} ns   {nanoseconds / ours:6.2f}")
    return best


def _calibrate(call: Callable[[], object]) -> int:
    call()  # The first may import something.
    count = 1
    while _sample(call, count) * count < SAMPLE_S * 1e9:
        count *= 2
    return count


def _sample(call: Callable[[], object], count: int) -> float:
    started = time.perf_counter_ns()
    for _ in range(count):
        call()
    return (time.perf_counter_ns() - started) / count
