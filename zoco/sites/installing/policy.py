"""What a Content-Security-Policy allows: a script from an address, a connection to one (CSP Level 3)."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

# Which directive stands for which other where that one is not there (CSP 3, section 6.8.3).
SCRIPT = ("script-src-elem", "script-src", "default-src")
CONNECT = ("connect-src", "default-src")
PORTS = {"http": 80, "https": 443}


def policies_of(header: str, metas: list[str]) -> list[dict[str, list[str]]]:
    """Return all policies that hold, each as its directives; a header may have several, parted by commas."""
    return [_directives(text) for text in (*header.split(","), *metas) if text.strip()]


def _directives(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in text.split(";"):
        name, *sources = part.split()[:1] + part.split()[1:] or [""]
        if name and name.lower() not in found:
            found[name.lower()] = sources
    return found


def blocking(
    policies: list[dict[str, list[str]]], names: tuple[str, ...], url: str, page: str, nonce: str = ""
) -> str:
    """Return the directive that forbids an address on a page, as it is written; "" where all allow it."""
    for each in policies:
        name = next((name for name in names if name in each), "")
        if name and not _allows(each[name], urlsplit(url), urlsplit(page), nonce, names is SCRIPT):
            return " ".join((name, *each[name]))
    return ""


def _allows(sources: list[str], url: SplitResult, page: SplitResult, nonce: str, is_script: bool) -> bool:
    words = [source.lower() for source in sources]
    if is_script and nonce and f"'nonce-{nonce}'" in sources:
        return True
    if is_script and "'strict-dynamic'" in words:
        return False
    return any(_fits(word, url, page) for word in words)


def _fits(source: str, url: SplitResult, page: SplitResult) -> bool:
    """Say whether a source expression fits an address (CSP 3, section 6.7.2.8)."""
    if source == "'self'":
        return _origin(url) == _origin(page) or (
            url.hostname == page.hostname and (page.scheme, url.scheme) == ("http", "https")
        )
    if source.startswith("'"):
        return False
    if source == "*":
        return url.scheme in PORTS or url.scheme == page.scheme
    if source.endswith(":"):
        return url.scheme == source[:-1] or (source == "http:" and url.scheme == "https")
    scheme, separator, rest = source.rpartition("://")
    if separator and scheme != url.scheme and (scheme, url.scheme) != ("http", "https"):
        return False
    if not separator and url.scheme != page.scheme and (page.scheme, url.scheme) != ("http", "https"):
        return False
    host, _slash, path = rest.partition("/")
    name, _colon, port = host.partition(":")
    return _host_fits(name, url.hostname or "") and _port_fits(port, url) and _path_fits(path, url.path)


def _host_fits(name: str, host: str) -> bool:
    if name == "*":
        return True
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _port_fits(port: str, url: SplitResult) -> bool:
    own = url.port or PORTS.get(url.scheme, 0)
    return port == "*" or own == (int(port) if port.isdecimal() else PORTS.get(url.scheme, 0))


def _path_fits(path: str, asked: str) -> bool:
    whole = f"/{path}"
    if not path:
        return True
    return asked.lower().startswith(whole) if whole.endswith("/") else asked.lower() == whole


def _origin(url: SplitResult) -> tuple[str, str, int]:
    return url.scheme, url.hostname or "", url.port or PORTS.get(url.scheme, 0)
