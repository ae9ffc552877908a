"""Collect static files into the data folder when any of them changed, and pack them with gzip."""

import gzip
import shutil
from hashlib import blake2b
from pathlib import Path

PACKED = {".css", ".js", ".svg", ".json", ".map", ".txt", ".html"}
SMALLEST = 1024


def collect() -> bool:
    """Collect if the files of the installed apps differ from those collected last; return whether."""
    from django.conf import settings
    from django.core.management import call_command

    from zoco.project.ready import only_one

    root, stamp = Path(settings.STATIC_ROOT), _stamp()
    with only_one("collect"):
        noted = root / ".stamp"
        if noted.exists() and noted.read_text() == stamp:
            return False
        shutil.rmtree(root, ignore_errors=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        _pack(root)
        noted.write_text(stamp)
    return True


def _stamp() -> str:
    """Return a digest of names, sizes and times of all static files, and how they are stored."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = blake2b(str(settings.STORAGES["staticfiles"]).encode(), digest_size=16)
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _pack(root: Path) -> None:
    for path in root.rglob("*"):
        if path.suffix in PACKED and path.stat().st_size >= SMALLEST:
            raw = path.read_bytes()
            packed = gzip.compress(raw, 6, mtime=0)
            if len(packed) < len(raw) * 0.9:
                path.with_name(f"{path.name}.gz").write_bytes(packed)
