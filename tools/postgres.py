"""A private PostgreSQL for tests: a cluster in a temporary folder that ends with its `with` block.

Needs Debian's package postgresql, but neither its service nor its users. Root may not run
PostgreSQL, so that root hands the folder to the user postgres.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    # A test cluster may lose everything when the machine dies; it must not cost the tests a sync.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}


class PostgresMissing(Exception):
    """There is no PostgreSQL on this machine."""


class PostgresFailed(Exception):
    """PostgreSQL is there but does not start; the message ends with its own words."""


def programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs. Raises PostgresMissing."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    initdb = shutil.which("initdb")
    if initdb is None:
        raise PostgresMissing("There is no PostgreSQL here; install it: apt-get install postgresql")
    return Path(initdb).resolve().parent


@contextmanager
def postgres() -> Iterator[str]:
    """Start a fresh cluster; give the address of its database, postgres://…, and stop it at the end."""
    bin_ = programs()
    folder = Path(tempfile.mkdtemp(prefix="zoco-postgres-"))
    data, port = folder / "data", _free_port()
    try:
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        _run(
            [
                bin_ / "initdb",
                "-D",
                data,
                "-U",
                "zoco",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ]
        )
        options = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
        given = " ".join(f"-c {name}={value}" for name, value in options.items())
        log = folder / "log"
        try:
            _run([bin_ / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", given, "start"])
        except PostgresFailed as error:
            raise PostgresFailed(f"{error}\n{log.read_text() if log.exists() else ''}") from None
        try:
            yield f"postgres://zoco@127.0.0.1:{port}/postgres"
        finally:
            _run([bin_ / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: Sequence[str | Path]) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *words]
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    # A file, not a pipe: the server inherits it and a pipe would stay open as long as the server lives.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            words,
            check=False,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=90,
        )
        if done.returncode:
            output.seek(0)
            raise PostgresFailed(f"{Path(words[-1]).name} of PostgreSQL failed:\n{output.read()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """Run a command with DATABASE_URL set: `python -m tools.postgres pytest …`."""
    try:
        with postgres() as address:
            return subprocess.run(
                sys.argv[1:] or ["sh"], env={**os.environ, "DATABASE_URL": address}, check=False
            ).returncode
    except (PostgresMissing, PostgresFailed) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
