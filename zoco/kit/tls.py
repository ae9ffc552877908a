"""What certificates of servers are held against. Reading all that are trusted takes tens of milliseconds."""

import os
import ssl
import threading
import time
from functools import lru_cache

FRESH_SECONDS = 3_600
NAMED = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""What says in the environment which certificates are trusted."""

_lock = threading.Lock()


def client_context() -> ssl.SSLContext:
    """Return the usual context for a client, shared by all threads of a process and an hour old at most."""
    named = (os.environ.get(name, "") for name in NAMED)
    with _lock:  # of twenty lines that begin at once one reads
        return _context(int(time.monotonic() // FRESH_SECONDS), *named)


@lru_cache(maxsize=1)
def _context(_hour: int, *_named: str) -> ssl.SSLContext:
    return ssl.create_default_context()
