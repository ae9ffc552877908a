"""Logging: a constant sentence, then pairs; to stderr, and for long-running processes to DATA/log."""

import logging
import os
from pathlib import Path
from typing import Any

from zoco.kit import conf
from zoco.project.health import lines


def _format(text: str) -> str:
    """Read text or json. Raises ValueError."""
    if text.strip().lower() not in {"text", "json"}:
        raise ValueError("write text or json")
    return text.strip().lower()


FORMAT = conf.declare("LOG_FORMAT", "text", _format, "text, or json for one JSON object a line.")


class Refusals(logging.Filter):
    """What a client did wrong is one line: no traceback, and not a second time as a Bad Request.

    A wrong Host header, a form with too many fields and the like are Django's SuspiciousOperation.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a refusal; leave out its echo."""
        request = getattr(record, "request", None)
        if record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
            if request is not None:
                request.is_refusal_logged = True
        return record.name != "django.request" or not getattr(request, "is_refusal_logged", False)


def config(folder: Path, level: str) -> dict[str, Any]:
    """Return Django's LOGGING.

    The supervisor names its children in ZOCO_PROCESS; each writes a file of its own, because
    two processes cannot rotate one file. Everybody else writes to stderr only.
    """
    name = os.environ.get("ZOCO_PROCESS", "")
    handlers: dict[str, dict[str, Any]] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]},
    }
    if name:
        handlers["file"] = {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": str(folder / f"{name}.log"),
            "maxBytes": 5_000_000,
            "backupCount": 3,
            "delay": True,
            "encoding": "utf-8",
            "formatter": "line",
            "filters": ["refusals"],
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"refusals": {"()": Refusals}},
        "formatters": {
            "line": {
                "()": lines.JsonLine if FORMAT() == "json" else lines.Line,
                "process": name or "zoco",
            }
        },
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            "django": {"level": level, "handlers": [], "propagate": True},
            "django.server": {"level": level, "handlers": [], "propagate": True},
            "django.security.DisallowedHost": {"level": "ERROR", "handlers": [], "propagate": True},
            "uvicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }
