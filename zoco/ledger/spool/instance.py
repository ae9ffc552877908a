"""The name of this installation's machine in the names of its segments. A restore makes a new one."""

import os
import secrets
from pathlib import Path


def instance(data: Path) -> str:
    """Return the random name kept in the data folder; the first to ask makes it."""
    path = data / "instance"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return _made(path)


def renew(data: Path) -> str:
    """Forget the name and make another: after a restore no old segment name may come again."""
    (data / "instance").unlink(missing_ok=True)
    return instance(data)


def _made(path: Path) -> str:
    partial = path.with_name(f".instance.{os.getpid()}.{secrets.token_hex(4)}")
    partial.write_text(secrets.token_hex(8) + "\n")
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
    return path.read_text().strip()
