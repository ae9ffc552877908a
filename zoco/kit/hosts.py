"""Host names in the one form in which they are written down and compared."""

import re

_PORT = re.compile(r":\d*$")
_HOST = re.compile(r"[\w.-]{1,253}|\[[0-9a-f:.]+\]")


def plain_host(host: str) -> str:
    """Return a host in lower case and ASCII, without port, final dot or user; "" for what is no host."""
    name = _PORT.sub("", host.strip().lower().rpartition("@")[2]).rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return name if _HOST.fullmatch(name) else ""


def host_named(text: str) -> str:
    """Return the host of what a person wrote: a name, or the address of a page; "" for neither."""
    _, slashes, rest = text.strip().partition("://")
    return plain_host((rest if slashes else text).partition("/")[0])
