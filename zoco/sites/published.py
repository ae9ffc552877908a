"""What the collector knows of sites: a file that the worker publishes to each machine. No Django.

The file holds salts: mode 0600, written beside its place and renamed into it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from zoco.sites.blocking.lists import NOBODY, LeftOut
from zoco.sites.sources.own import NOTHING_OWN, OwnSources

STALE_MICROS = 600_000_000


class SitesUnpublished(FileNotFoundError):
    """The file is not there yet."""


class PublishedSite(msgspec.Struct, frozen=True, kw_only=True):
    """One site. Keys and salts are hexadecimal; `salts` maps a local day (ISO) to its salt."""

    id: int
    slug: str
    name: str
    zone: str
    currency: str
    hostnames: tuple[str, ...]
    counting: str = "tracker"
    week_start: int = 0
    is_demo: bool = False
    search_parameters: tuple[str, ...] = ()
    import_key: str = ""
    salts: dict[str, str] = {}
    retention_days: int = 0
    sources: OwnSources = NOTHING_OWN
    trackers: tuple[str, ...] = ()
    """Words under which the tracker is served beside z.js; the first is the one that pages are told."""
    visitor_key: str = ""
    privacy_signals: str = "anonymous"
    person_key: str = ""
    left_out: LeftOut = NOBODY
    staff_mark: str = ""
    """What a browser sends that its owner marked as one of the site's own people."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in the file. `trusted_proxies` are networks in CIDR form."""

    sites: tuple[PublishedSite, ...]
    trusted_proxies: tuple[str, ...] = ()
    published_at: int = 0


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Hold the turn to publish, among the threads and processes of this machine.

    Whoever reads the sites and writes the file within one turn never publishes older ones last.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_if_changed(path: Path, published: Published) -> None:
    """Publish what is new; what says the same is written again only when it is ten minutes old."""
    try:
        known = read(path)
    except (SitesUnpublished, msgspec.MsgspecError):
        known = None
    if known is not None and 0 <= published.published_at - known.published_at < STALE_MICROS:
        aged = msgspec.structs.replace(known, published_at=published.published_at)
        if aged == published:
            return
    write(path, published)


def write(path: Path, published: Published) -> None:
    """Publish; readers see the old file or the new one, never a part. Hold the turn: one writes at a time."""
    partial = path.with_name(f".{path.name}.partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(published))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def read(path: Path) -> Published:
    """Read the file. Raises SitesUnpublished when no worker has written it yet."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Published)
    except FileNotFoundError:
        raise SitesUnpublished(f"{path} is not there; start `zoco up` once, or run `zoco sites`.") from None
