"""People who agreed, the fake adapter, and a maker that says little."""

from zoco.channels.bulk.tests.conftest import maker
from zoco.channels.tests.conftest import account, fake, file

__all__ = ["account", "fake", "file", "maker"]
