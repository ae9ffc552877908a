"""`zoco up`: start everything on one data folder. Imports no Django; its children do."""

import argparse
import contextlib
import errno
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit, program
from zoco.project import folder
from zoco.project.processes.children import Child, Nursery
from zoco.project.processes.supervisor import Supervisor

AFTER_A_CRASH_SECONDS = 6.0
BACKLOG = 2048
EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104


class PortTaken(CommandFailed):
    """Another program listens on the port."""


@COMMANDS.plug
class Up(Command):
    """Start everything."""

    key = "up"
    help = "Start Zoco: web pages, background work and the ledger, until Ctrl-C."
    needs_database = False
    epilog = """\
examples:
  zoco up                                  on http://127.0.0.1:8000/, with ./data
  zoco up --port 9000 --web 2              two web processes
  ZOCO_DATA=/srv/zoco zoco up --host 0.0.0.0

The first start makes the tables and an owner account and prints how to log in. Ctrl-C stops cleanly;
the next start keeps everything. To be reached under a name, set ZOCO_ADDRESS=https://zoco.example.org.
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add where to listen and how many processes to run."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
        parser.add_argument("--port", type=_port, default=8000, help="port to listen on (%(default)s)")
        parser.add_argument("--web", type=_count, default=1, metavar="N", help="web processes (%(default)s)")

    def run(self, options: argparse.Namespace) -> Exit:
        """Prepare, then supervise until a signal comes."""
        data = folder.prepare()
        if warning := folder.disk_warning(data):
            print(warning, file=sys.stderr)
        crashed = folder.ended_badly(data)
        lock = folder.lock(data)
        listener = _listen(options.host, options.port, patient=crashed)
        address = _address(options.host, listener)
        os.environ.setdefault("ZOCO_ADDRESS", address)
        supervisor = Supervisor(
            _children(listener, options.web), lambda: _say_ready(address), _nursery(listener)
        )
        try:
            code = supervisor.run()
        finally:
            listener.close()
            folder.unlock(lock)
        if code:
            return Exit.FAILED  # whoever could not work has said why
        print("Zoco has stopped.", file=sys.stderr)
        return Exit.OK


def _children(listener: socket.socket, webs: int) -> list[Child]:
    fd = listener.fileno()
    worker = Child("worker", ("-m", "zoco.project.worker"))
    web = ("-m", "zoco.project.processes.web", str(fd))
    return [worker, *(Child(f"web-{number}", web, (fd,)) for number in range(1, webs + 1))]


def _nursery(listener: socket.socket) -> Nursery | None:
    """Return what forks the children; elsewhere than on Linux they are started one by one."""
    if sys.platform == "linux":
        fd = listener.fileno()
        return Nursery("nursery", ("-m", "zoco.project.processes.nursery", str(fd)), (fd,))
    _begin()
    return None


def _begin() -> None:
    """Run the first steps in a process of their own. Raises SystemExit with its exit code."""
    first = subprocess.Popen([sys.executable, "-m", "zoco.project.begin"])
    try:
        code = first.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            first.wait(5)
        raise
    if code:
        sys.exit(code if code > 0 else Exit.FAILED)


def _listen(host: str, port: int, *, patient: bool) -> socket.socket:
    """Open the socket. After a crash the last web process may hold the port for a moment longer."""
    until = time.monotonic() + (AFTER_A_CRASH_SECONDS if patient else 0.0)
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if time.monotonic() < until:
                time.sleep(0.1)
                continue
            raise PortTaken(_why_not(host, port, error)) from error


def _bound(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program; stop it, "
            f"or choose another port: {program()} up --port {port + 1 if port < 65535 else 8000}"
        )
    return (
        f"Zoco cannot listen on {host}, port {port} ({error.strerror}); choose others with --host and --port."
    )


def _address(host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    name = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _say_ready(address: str) -> None:
    public = os.environ.get("ZOCO_ADDRESS", address)
    print(
        f"Zoco is ready at {public}/ (data in {Path(os.environ['ZOCO_DATA'])}). Ctrl-C stops it.", flush=True
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError("write a number from 0 to 65535")
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("write a number from 1 to 64")
    return number
