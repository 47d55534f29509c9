"""Ports for servers that are told one before they listen, or that come back to the one they had.

Not from the range that the kernel takes the ports of outgoing connections from: between the look at such a port
and its use, any client of any other test may have got it.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import socket

FIRST, WORKERS, EACH = 10_000, 8, 2_800


def _of_this_worker() -> range:
    """Workers of pytest-xdist look in places of their own."""
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0) % WORKERS
    return range(FIRST + worker * EACH, FIRST + (worker + 1) * EACH)


def _in_turn():
    mine = _of_this_worker()
    start = random.randrange(EACH)
    for step in itertools.count():
        yield mine[(start + step) % EACH]


_next = _in_turn()


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("", port)):
            return True
    except OSError:
        return False


def free_port() -> int:
    return next(port for port in itertools.islice(_next, EACH) if _is_free(port))
