"""pytest plug-in of this repository: small servers that tests start end as soon as they are told to.

Those of the standard library look every half a second whether they shall, and each test that ends one waits.
"""

from socketserver import BaseServer
from typing import Any

SECONDS = 0.01


def pytest_configure() -> None:
    serve_forever: Any = BaseServer.serve_forever
    serve_forever.__defaults__ = (SECONDS,)
