"""Which databases Django uses and where they lie; read from settings, nothing is connected."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Database:
    """One of Django's databases. `path` is its file, None where it is a server or in memory."""

    alias: str
    vendor: str
    path: Path | None


def databases() -> list[Database]:
    """Return all databases of the settings."""
    from django.conf import settings

    return [_database(alias, given) for alias, given in settings.DATABASES.items()]


def media_folder() -> Path | None:
    """Return the folder of media, None where they are stored elsewhere."""
    from django.conf import settings
    from django.core.files.storage import FileSystemStorage, default_storage

    if settings.MEDIA_ROOT and isinstance(default_storage, FileSystemStorage):
        return Path(settings.MEDIA_ROOT)
    return None


def _database(alias: str, given: dict[str, object]) -> Database:
    vendor = str(given.get("ENGINE", "")).rpartition(".")[2].replace("sqlite3", "sqlite")
    name = str(given.get("NAME", ""))
    is_file = vendor == "sqlite" and name and ":memory:" not in name and "mode=memory" not in name
    return Database(alias, vendor, Path(name) if is_file else None)
