"""What the project reads from the environment, turned into Django's terms. Nothing here writes."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from zoco.kit import conf


class AddressUnreadable(ValueError):
    """DATABASE_URL, EMAIL_URL or ZOCO_ADDRESS cannot be read."""


ADDRESS = conf.declare(
    "ADDRESS",
    "http://127.0.0.1:8000",
    str,
    "The public address of this installation; with https:// cookies are secure and HTTPS is enforced.",
)
HOSTS: conf.Setting[list[str]] = conf.declare(
    "HOSTS", [], conf.names, "Further host names under which this installation answers."
)
DEBUG = conf.declare("DEBUG", False, conf.flag, "Show errors in full; never in production.")
LANGUAGES = ("en", "es", "ru", "zh-hans")


def _language(text: str) -> str:
    """Read the code of one of our languages. Raises ValueError."""
    if text.strip().lower() not in LANGUAGES:
        raise ValueError(f"{text!r} is none of {', '.join(LANGUAGES)}")
    return text.strip().lower()


LANGUAGE = conf.declare(
    "LANGUAGE",
    "en",
    _language,
    "The language of the pages at /, and of readers who ask for none of ours; set it before the first start.",
)
SECOND_STEP = conf.declare(
    "SECOND_STEP",
    False,
    conf.flag,
    "Demand a second step at log-in of all accounts; without it each account chooses for itself.",
)
CHANGES_DAYS = conf.declare(
    "CHANGES_DAYS", 730, int, "How many days the log of changes is kept; 0 keeps it for ever."
)
LOG_LEVEL = conf.declare("LOG_LEVEL", "INFO", str.upper, "DEBUG, INFO, WARNING or ERROR.")


def data() -> Path:
    """Return the data folder as an absolute path."""
    return conf.DATA().absolute()


def secret_key() -> str:
    """Return the key made at the first start, or one for this process alone before that."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    try:
        return (data() / "keys" / "secret_key").read_text().strip()
    except OSError:
        import secrets  # the supervisor stays without it: it brings OpenSSL

        return secrets.token_urlsafe(50)


def secret_keys_before() -> list[str]:
    """Return earlier keys, parted by spaces or commas: what they signed or sealed still opens."""
    return conf.names(os.environ.get("SECRET_KEY_FALLBACKS", ""))


def database() -> dict[str, Any]:
    """Return the default database: DATABASE_URL, or the SQLite file in the data folder."""
    url = os.environ.get("DATABASE_URL", "")
    parts = urlsplit(url)
    if parts.scheme in {"", "sqlite"}:
        return _sqlite(unquote(parts.path[1:]) if url else str(data() / "zoco.sqlite3"))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgres(parts)
    raise AddressUnreadable(
        f"DATABASE_URL begins with {parts.scheme}://; Zoco runs on sqlite:// and postgres://."
    )


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        },
    }


def _postgres(parts: SplitResult) -> dict[str, Any]:
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def email() -> dict[str, Any]:
    """Return Django's EMAIL_* settings from EMAIL_URL; without it letters go to the log."""
    url = os.environ.get("EMAIL_URL", "")
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise AddressUnreadable("EMAIL_URL is written as smtp://name:password@host:587 or smtps://….")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.username is not None,
        "EMAIL_TIMEOUT": 20,
    }


def address() -> SplitResult:
    """Return the public address in parts. Raises AddressUnreadable."""
    parts = urlsplit(ADDRESS())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressUnreadable(f"ZOCO_ADDRESS is {ADDRESS()!r}; write it as https://zoco.example.org.")
    return parts


def allowed_hosts() -> list[str]:
    """Return the public host name, this machine's loopback names, and ZOCO_HOSTS."""
    return list(dict.fromkeys([address().hostname or "", "127.0.0.1", "localhost", "[::1]", *HOSTS()]))


def https() -> dict[str, Any]:
    """Return what Django must be told when the public address is https://."""
    if address().scheme != "https":
        return {}
    return {
        "SECURE_SSL_REDIRECT": True,
        # Asked on this machine, past the web server in front and its TLS.
        "SECURE_REDIRECT_EXEMPT": [r"^metrics$", r"^readyz$"],
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }


def events() -> dict[str, str]:
    """Return the part of ZOCO that EVENTS_URL gives, if it is set."""
    url = os.environ.get("EVENTS_URL", "")
    return {"EVENTS_URL": url} if url else {}
