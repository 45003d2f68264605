"""Answers the lines of standard input."""

import json
import sys

from . import answer

for line in sys.stdin.buffer:
    sys.stdout.write(json.dumps(answer(line)) + "\n")
    sys.stdout.flush()
