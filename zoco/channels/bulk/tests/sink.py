"""smtp-sink of Postfix on loopback: it takes what comes, or refuses as it is told."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAM = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PATIENCE_SECONDS = 20.0


@contextmanager
def sink(*more: str, kept: Path | None = None) -> Iterator[int]:
    """Run it meanwhile; returns its port. Letters are kept as files in a folder of `kept_folder`."""
    assert PROGRAM is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    keep = ["-d", f"{kept}/%M."] if kept is not None else []
    process = subprocess.Popen([PROGRAM, *user, *keep, *more, f"127.0.0.1:{port}", "1000"])
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def kept_folder() -> Iterator[Path]:
    """Give a folder in which the sink may write as nobody."""
    with TemporaryDirectory(prefix="zoco-sink-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def receivers(folder: Path) -> list[str]:
    """Return whom the letters in a folder are to, as often as they came."""
    found = []
    for each in folder.iterdir():
        lines = each.read_text("utf-8", "replace").splitlines()
        found += [line[4:] for line in lines if line.startswith("To: ")]
    return found


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    raise RuntimeError("smtp-sink did not start.")
