"""Salts and keys of sites, as files in DATA/keys/sites: in no backup.

Machines that share a PostgreSQL agree upon them there, sealed, while they are in use (see `shared`).

A salt belongs to one site and one local day. It is made a day ahead, so that every collector has it
before midnight, and destroyed 48 hours after its day began: then nobody can tell who a visitor was.
"""

import contextlib
import os
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from zoco.kit.files import made_once
from zoco.sites import conf, shared

IMPORT = "import"
VISITORS = "visitors"
PERSONS = "persons"


def salts_kept(key_name: str, zone: str, *, at: datetime) -> dict[str, str]:
    """Return the salts of yesterday, today and tomorrow, made where missing; destroy all others.

    Keys are local days (ISO), values hexadecimal. Yesterday's is only read, never made anew.
    """
    folder = _folder(key_name)
    today = at.astimezone(ZoneInfo(zone)).date()
    days = (today, today + timedelta(days=1))
    salts = {day.isoformat(): _secret(folder / f"salt-{day}", 16) for day in days}
    yesterday = today - timedelta(days=1)
    if known := _known(folder / f"salt-{yesterday}"):
        salts[yesterday.isoformat()] = known
    kept = {f"salt-{day}" for day in salts}
    for path in folder.glob("salt-*"):
        if path.name not in kept:
            _destroy(path)
    shared.forget(key_name, but=[*kept, IMPORT, VISITORS, PERSONS])
    return dict(sorted(salts.items()))


def import_key(key_name: str) -> str:
    """Return the key of a site's imported visitors, made where missing, in hexadecimal."""
    return _secret(_folder(key_name) / IMPORT, 32)


def visitor_key(key_name: str) -> str:
    """Return the key of the ids of a site's visitors who consented, made where missing, in hexadecimal.

    It does not age: an id is known as long as its cookie lasts.
    """
    return _secret(_folder(key_name) / VISITORS, 32)


def person_key(key_name: str) -> str:
    """Return the key with which a site's own server signs who somebody is, in hexadecimal."""
    return _secret(_folder(key_name) / PERSONS, 32)


def person_key_renew(key_name: str) -> str:
    """Make another key for persons in place of one that somebody else knows; tokens of before are void."""
    shared.forget_one(key_name, PERSONS)
    path = _folder(key_name) / PERSONS
    if path.exists():
        _destroy(path)
    return person_key(key_name)


def keys_forget(key_name: str) -> None:
    """Destroy all keys of a site."""
    shared.forget(key_name)
    folder = conf.keys_path() / key_name
    for path in folder.glob("*"):
        _destroy(path)
    if folder.is_dir():
        folder.rmdir()


def days_kept(key_name: str) -> list[date]:
    """Return the local days whose salts are on the disk."""
    names = [path.name.removeprefix("salt-") for path in _folder(key_name).glob("salt-*")]
    return sorted(date.fromisoformat(name) for name in names)


def _folder(key_name: str) -> Path:
    folder = conf.keys_path() / key_name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _secret(path: Path, size: int) -> str:
    """Read a secret in hexadecimal, or make it; machines that share a database end with the same one."""
    own = made_once(path, lambda: secrets.token_hex(size).encode()).decode()
    agreed = shared.agreed(path.parent.name, path.name, own)
    return own if agreed == own else _replaced(path, agreed)


def _known(path: Path) -> str:
    """Return a secret that this machine or another has, "" where none does."""
    if path.exists():
        return _secret(path, 16)
    agreed = shared.agreed(path.parent.name, path.name, "")
    return _replaced(path, agreed) if agreed else ""


def _replaced(path: Path, secret: str) -> str:
    if path.exists():
        _destroy(path)
    return made_once(path, secret.encode).decode()


def _destroy(path: Path) -> None:
    """Overwrite, then remove; on a copy-on-write disk only the removal is certain.

    One that another machine with the same keys destroyed meanwhile is no error.
    """
    with contextlib.suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
        path.unlink()
