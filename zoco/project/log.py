"""Logging: a constant sentence, then pairs; to stderr, and for long-running processes to DATA/log."""

import os
from pathlib import Path
from typing import Any


def config(folder: Path, level: str) -> dict[str, Any]:
    """Return Django's LOGGING.

    The supervisor names its children in ZOCO_PROCESS; each writes a file of its own, because
    two processes cannot rotate one file. Everybody else writes to stderr only.
    """
    name = os.environ.get("ZOCO_PROCESS", "")
    handlers: dict[str, dict[str, Any]] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
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
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "format": f"%(asctime)s %(levelname)s {name or 'zoco'} %(name)s %(message)s",
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
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
