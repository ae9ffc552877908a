"""Requests per CPU second of the bridge against Django's own ASGIHandler, under the same uvicorn.

Run: python -m benchmarks.bridge [requests]. Prints one line a case and the ratio. Both servers are
processes of their own, take turns, and are asked by the same client over keep-alive connections;
CPU seconds are the server's own, user and system.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROUNDS = 3
CLIENTS = 8
VIEWS = ("empty", "query")

SERVER = """
import asyncio, os, sys, tempfile
import django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import path

folder = sys.argv[3]
settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="benchmark", MIDDLEWARE=[], LOGGING_CONFIG=None,
    INSTALLED_APPS=["django.contrib.contenttypes"],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/db.sqlite3", "CONN_MAX_AGE": None,
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}}},
)
django.setup()

def empty(request):
    return HttpResponse("ok")

def query(request):
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return HttpResponse(str(cursor.fetchone()[0]))

urlpatterns = [path("empty", empty), path("query", query)]

if sys.argv[1] == "bridge":
    from zoco.project.serving.bridge import Bridge
    application = Bridge(threads=8, body_limit=1_000_000)
else:
    from django.core.handlers.asgi import ASGIHandler
    application = ASGIHandler()

import uvicorn
config = uvicorn.Config(application, fd=int(sys.argv[2]), loop="uvloop", http="httptools", lifespan="off",
                        log_level="error", access_log=False)
uvicorn.Server(config).run()
"""


class Server:
    """One server process."""

    def __init__(self, kind: str, folder: str) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        script = Path(folder) / "server.py"
        script.write_text(SERVER)
        self.process = subprocess.Popen(
            [sys.executable, str(script), kind, str(listener.fileno()), folder],
            pass_fds=(listener.fileno(),),
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        )
        listener.close()

    def cpu_seconds(self) -> float:
        """Return what the process has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, view: str, requests: int) -> float:
        """Send the requests; return requests per CPU second."""
        before = self.cpu_seconds()
        clients = [
            threading.Thread(target=_client, args=(self.port, view, requests // CLIENTS))
            for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return requests / max(self.cpu_seconds() - before, 0.01)


def _client(port: int, view: str, requests: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(requests):
        connection.request("GET", f"/{view}")
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"/{view} answered {answer.status}")
        answer.read()
    connection.close()


def main() -> None:
    """Measure and print."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    with tempfile.TemporaryDirectory() as folder:
        servers = {kind: Server(kind, folder) for kind in ("bridge", "django")}
        try:
            for server in servers.values():
                server.ask("empty", CLIENTS * 10)
            for view in VIEWS:
                _case(servers, view, requests)
        finally:
            for server in servers.values():
                server.process.terminate()
                server.process.wait(10)


def _case(servers: dict[str, Server], view: str, requests: int) -> None:
    best = dict.fromkeys(servers, 0.0)
    for _ in range(ROUNDS):
        for kind, server in servers.items():
            best[kind] = max(best[kind], server.ask(view, requests))
    ratio = best["bridge"] / best["django"]
    print(
        f"{view:<6} bridge {best['bridge']:8.0f}  ASGIHandler {best['django']:8.0f} "
        f"requests per CPU second  ratio {ratio:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"{time.monotonic() - started:.0f} s in all")
