"""The Python process: a key a line, which it takes, or what else to do with it; and what came of it."""

import sys
import time

import redis
from countermark import CountermarkError
from countermark.stores import RedisStore

store = RedisStore(redis.Redis(unix_socket_path=sys.argv[1], socket_timeout=2), prefix="race:")


def reserve(key: str) -> str:
    try:
        store.reserve(key, int(time.time() * 1000) + (-10 if key.startswith("over-") else 600_000))
    except CountermarkError as error:
        return error.code
    return "ok"


MORE = {"commit": store.commit, "is_committed": store.is_committed, "release": store.release}

for line in map(str.strip, sys.stdin):
    task, _, key = line.rpartition(":")
    said = MORE[task](key) if task else reserve(key)
    print(line, str(said).lower() if task else said, flush=True)
