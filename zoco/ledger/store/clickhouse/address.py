"""Where the ClickHouse is: the address of the settings, read into its parts."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PORTS = {"clickhouse": 8123, "clickhouses": 8443}


class AddressUnreadable(ValueError):
    """The address is not one of a ClickHouse."""


@dataclass(frozen=True, slots=True)
class Address:
    """`folder` is set for the engine in process, `host` otherwise; `cluster` "" means one server."""

    database: str
    host: str = ""
    port: int = 0
    user: str = "default"
    password: str = field(default="", repr=False)
    is_encrypted: bool = False
    folder: str = ""
    cluster: str = ""

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read clickhouse://user:password@host:8123/database?cluster=name, clickhouses:// with
        encryption, or chdb:///folder/database. Raises AddressUnreadable.
        """
        parts = urlsplit(url)
        path, _, database = parts.path.rpartition("/")
        cluster = parse_qs(parts.query).get("cluster", [""])[0]
        for name in (database, *([cluster] if cluster else [])):
            if not _NAME.fullmatch(name):
                raise AddressUnreadable(f"{name!r} cannot be the name of a database or cluster.")
        if parts.scheme == "chdb":
            return cls(database, folder=unquote(path) or "/", cluster=cluster)
        if parts.scheme not in _PORTS or not parts.hostname or path:
            raise AddressUnreadable(
                f"A ledger's address is clickhouse://user:password@host:8123/database, not {_hidden(url)}."
            )
        return cls(
            database,
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            is_encrypted=parts.scheme == "clickhouses",
            cluster=cluster,
        )


def _hidden(url: str) -> str:
    """Leave the password out of what a person or a log will see."""
    return re.sub(r"//[^@/]*@", "//…@", url)
