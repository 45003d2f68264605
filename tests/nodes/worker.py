"""The Python process: a key a line, and what came of it."""

import sys
import time

import redis
from countermark import CountermarkError
from countermark.stores import RedisStore

store = RedisStore(redis.Redis(unix_socket_path=sys.argv[1], socket_timeout=2), prefix="race:")
for line in sys.stdin:
    key = line.strip()
    try:
        store.reserve(key, int(time.time() * 1000) + (-10 if key.startswith("over-") else 600_000))
        said = "ok"
    except CountermarkError as error:
        said = error.code
    print(key, said, flush=True)
