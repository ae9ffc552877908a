"""A real name server (dnsmasq) on loopback, which knows the records that it is given and no others."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 10.0
ATTEMPTS = 3


def text(name: str, value: str) -> str:
    """Return the line of a TXT record, in strings as DNS takes them."""
    strings = [value[at : at + 255] for at in range(0, len(value), 255)]
    return f"txt-record={name}," + ",".join(f'"{each}"' for each in strings)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class PortTaken(RuntimeError):
    """Somebody took the port in the moment before the name server did."""


@contextmanager
def nameserver(folder: Path, lines: list[str]) -> Iterator[str]:
    """Run a name server meanwhile; gives its address with its port.

    What ends in example or in-addr.arpa and is not among the lines is not there; anything else it refuses.
    """
    program = shutil.which("dnsmasq", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program is not None
    settings = folder / "dnsmasq.conf"
    for left in reversed(range(ATTEMPTS)):
        port = free_port()
        settings.write_text("\n".join([*_own(port), *lines, ""]))
        command = [program, "--keep-in-foreground", f"--conf-file={settings}"]
        running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            _wait(port, running)
            break
        except PortTaken:
            if not left:
                raise
    with running:
        try:
            yield f"127.0.0.1:{port}"
        finally:
            running.terminate()


def _own(port: int) -> list[str]:
    return [
        f"port={port}",
        "listen-address=127.0.0.1",
        "bind-interfaces",
        "no-resolv",
        "no-hosts",
        "pid-file=",
        f"user={pwd.getpwuid(os.geteuid()).pw_name}",
        "local=/example/",
        "local=/in-addr.arpa/",
    ]


def _wait(port: int, running: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if running.poll() is not None:
            said = running.stderr.read() if running.stderr else ""
            raise PortTaken(said) if "already in use" in said else RuntimeError(f"dnsmasq ended: {said}")
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("dnsmasq does not listen")
