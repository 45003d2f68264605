"""What is public, against the committed list. A change of it is a change for every user: review its lines like code."""

from __future__ import annotations

from pathlib import Path

import surface
import frameworks  # noqa: F401  It configures Django.

LIST = Path(__file__).with_name("surface.txt")


def test_the_public_surface_is_the_listed_one() -> None:
    listed = LIST.read_text().splitlines()
    found = list(surface.lines())
    assert len(found) > 300
    assert found == listed, "if that is wanted: python tests/surface.py > tests/surface.txt"
