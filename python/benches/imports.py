"""How long an import takes, each in fresh processes: ``python/.venv/bin/python python/benches/imports.py``."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = "import time; start = time.perf_counter_ns(); import {}; print(time.perf_counter_ns() - start)"


def milliseconds(module: str) -> float:
    shown = subprocess.run([sys.executable, "-c", PROGRAM.format(module)], check=True, capture_output=True)
    return int(shown.stdout) / 1e6


MODULES = ("countermark", "hashlib, hmac", "standardwebhooks", "svix", "stripe")
times: dict[str, list[float]] = {module: [] for module in MODULES}
for _ in range(15):
    for module in MODULES:
        times[module].append(milliseconds(module))
for module, samples in times.items():
    print(f"  import {module:<20} {min(samples):8.2f} ms")
