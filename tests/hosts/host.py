"""A host project in a folder of its own: copied, migrated, filled, and served by gunicorn."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy2, copytree, ignore_patterns
from typing import Any

HERE = Path(__file__).resolve().parent
PASSWORD = "a long enough secret 4 tests"
LINES = (
    '203.0.113.7 - - [18/May/2015:10:00:00 +0000] "GET / HTTP/1.1" 200 512 "https://google.com/" "{agent}"',
    '203.0.113.7 - - [18/May/2015:10:01:00 +0000] "GET /prices HTTP/1.1" 200 512 "-" "{agent}"',
    '198.51.100.9 - - [18/May/2015:11:00:00 +0000] "GET /prices HTTP/1.1" 200 512 "-" "{agent}"',
    '198.51.100.9 - - [18/May/2015:11:00:01 +0000] "GET /logo.png HTTP/1.1" 200 512 "-" "{agent}"',
    '198.51.100.9 - - [19/May/2015:09:00:00 +0000] "GET /gone HTTP/1.1" 404 512 "-" "{agent}"',
)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@dataclass(slots=True)
class Host:
    """A copy of a host project. `package` is the one with its settings and wsgi module."""

    folder: Path
    package: str
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def copied(cls, name: str, package: str, settings: str, into: Path, *databases: str) -> "Host":
        """Copy tests/hosts/<name> and migrate its databases: the default one, then those that are named."""
        copytree(HERE / name, into / name, ignore=ignore_patterns("__pycache__", "*.sqlite3"))
        return cls._migrated(into / name, package, settings, *databases)

    @classmethod
    def started(cls, into: Path) -> "Host":
        """Let `wagtail start` make a project, join Zoco to it and migrate its database."""
        folder = into / "wagtail"
        folder.mkdir()
        subprocess.run(
            [Path(sys.executable).with_name("wagtail"), "start", "mysite", str(folder)],
            check=True,
            capture_output=True,
        )
        copy2(HERE / "wagtail" / "local.py", folder / "mysite" / "settings" / "local.py")
        copy2(HERE / "wagtail" / "addresses.py", folder / "mysite" / "addresses.py")
        return cls._migrated(folder, "mysite", "mysite.settings.dev")

    @classmethod
    def _migrated(cls, folder: Path, package: str, settings: str, *databases: str) -> "Host":
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("ZOCO_", "DATABASE_"))}
        host = cls(folder, package, {**kept, "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": str(folder)})
        # By one process, which does not wait for the disk at each of hundreds of steps.
        host.shell(
            "from django.core.management import call_command",
            "from django.db import connections",
            f"for name in {('default', *databases)!r}:",
            "    connections[name].cursor().execute('PRAGMA synchronous=OFF')",
            "    call_command('migrate', verbosity=0, database=name)",
        )
        return host

    def manage(self, *words: str, stdin: str = "") -> str:
        """Run manage.py and return what it printed; fails with its words when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, (
            f"manage.py {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def prepare(self, account: str, **fields: object) -> None:
        """Make an account that may do everything, and a site that counts page views of its log."""
        given = {"username": account, "email": "ana@example.com", "password": PASSWORD, **fields}
        self.shell(
            "from django.contrib.auth import get_user_model",
            f"get_user_model().objects.create_superuser(**{given!r})",
            "from zoco.sites.services import site_create",
            "site_create(name='Our shop', hostnames=['www.example.com'], zone='UTC', counting='log')",
        )

    def shell(self, *lines: str) -> str:
        """Run lines of Python in the host and return what they printed."""
        return self.manage("shell", "--no-imports", "-c", "\n".join(lines))

    def own_checks(self) -> str:
        """Run the host's system checks and ask whether migrations are missing; return what they say."""
        return self.shell(
            "from django.core.management import call_command",
            "call_command('check')",
            "call_command('makemigrations', check_changes=True, dry_run=True)",
        )

    def log_import(self) -> str:
        """Import five lines: three page views of two visitors, a file, an error."""
        log = self.folder / "access.log"
        log.write_text("".join(line.format(agent=AGENT) + "\n" for line in LINES))
        return self.manage("zoco", "import", "log", str(log))

    @contextmanager
    def served(self) -> Iterator["Browser"]:
        """Serve the host by gunicorn with two workers, until the end of the block."""
        port = _free_port()
        command = [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}"]
        log = (self.folder / "gunicorn.log").open("w+")
        server = subprocess.Popen(
            [*command, f"{self.package}.wsgi"],
            cwd=self.folder,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_for(port, server)
            yield Browser(f"http://127.0.0.1:{port}")
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
            log.close()


class Browser:
    """As much of a browser as a log-in form and a page need."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and text of a page, redirects followed."""
        return self._ask(urllib.request.Request(self.address + path, headers={"Accept-Language": "en"}))

    def send(self, path: str, body: str) -> tuple[int, str]:
        """Post a body of text, as a page's script does."""
        headers = {"Content-Type": "text/plain", "User-Agent": AGENT, "Accept-Language": "es"}
        return self._ask(urllib.request.Request(self.address + path, body.encode(), headers))

    def log_in(self, path: str, name: str) -> None:
        """Fill in a log-in form."""
        _status, page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, page[:500]
        form = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        request = urllib.request.Request(
            self.address + path,
            urllib.parse.urlencode(form).encode(),
            {"Referer": self.address + path},
        )
        self._ask(request)
        assert any(cookie.name == "sessionid" for cookie in self.cookies), "the log-in was refused"

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def page_views(answer: str) -> dict[str, int]:
    """Return the page views by path of the answer of the report on pages."""
    rows: list[dict[str, dict[str, Any]]] = json.loads(answer)["rows"]
    return {row["key"]["path"]: row["values"]["page_views"] for row in rows}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _attempt in range(300):
        assert server.poll() is None, "gunicorn ended; see gunicorn.log"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("gunicorn does not listen after 30 s")
