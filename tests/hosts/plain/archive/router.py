"""The archive and nothing else lives in the second database."""

from typing import Any


class ArchiveRouter:
    """Send the app `archive` to the database of its name."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "archive" if model._meta.app_label == "archive" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == "archive") == (app_label == "archive")
