"""The dashboard's panels in the running product: idle, and while facts arrive; and what it weighs in memory.

    python -m benchmarks.dashboard                      5 million facts over 90 days, 1,000 facts a second

Panels are asked over HTTP as the overview asks for them, one after the other, for the last 30 days with
today, by somebody who is logged in. "Warm" is a panel that was asked before. The reference of the ratio is
all panels while 1,000 facts a second arrive, against all that wrk can send.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from benchmarks.reports import END, OVERVIEW, generate
from tests.operate.running import Running, environment, zoco

WARM_SECONDS = 0.3
# Between rounds, so that facts come in and the answers kept are those of before.
PAUSE_SECONDS = 1.0
FLOOD_CONNECTIONS = 32
# Less than half as many panels a second.
SLOWER_MOST = 2.0
SESSION = """
import django
django.setup()
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
user = get_user_model().objects.create_superuser("bench", "bench@shop.example", "hexagon-comb-12")
client = Client()
client.force_login(user)
print(client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Sender(threading.Thread):
    """Sends facts at a rate, ten a request, until it is stopped."""

    def __init__(self, port: int, rate: int) -> None:
        super().__init__(daemon=True)
        self.port, self.rate, self.sent, self.failed = port, rate, 0, 0
        self.is_on = True

    def run(self) -> None:
        """Send; what is behind its time is sent at once."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        began = time.monotonic()
        while self.is_on:
            if self.sent >= (time.monotonic() - began) * self.rate:
                time.sleep(0.002)
                continue
            number = self.sent % 20_000
            facts = [{"url": f"http://127.0.0.1/page-{(number + n) % 997}"} for n in range(10)]
            headers = {"user-agent": AGENT, "x-forwarded-for": f"10.{number % 200}.{number // 200 % 250}.9"}
            try:
                line.request("POST", "/e", json.dumps(facts), headers)
                answer = line.getresponse()
                answer.read()
                self.failed += answer.status >= 300
            except (OSError, HTTPException):
                self.failed += 1
                line.close()
            self.sent += 10


def asked(port: int, cookie: str, rounds: int) -> dict[str, list[float]]:
    """Ask each panel so many times, a second apart; return the seconds by panel, the first time left out."""
    today = datetime.now(UTC).date()
    found: dict[str, list[float]] = {key: [] for key in OVERVIEW[1:]}
    for number in range(rounds + 1):
        time.sleep(PAUSE_SECONDS)
        for key, told in found.items():
            url = f"http://127.0.0.1:{port}/admin/ledger/reports/{key}/panel/"
            query = f"?period={END - timedelta(days=30)}..{today}"
            request = urllib.request.Request(url + query, headers={"cookie": f"sessionid={cookie}"})
            began = time.perf_counter()
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.url == url + query, f"{key} led to {answer.url}"
                body = answer.read()
                assert b"z-foot" in body, body[:500]
            if number:
                told.append(time.perf_counter() - began)
    return found


def tell(what: str, found: dict[str, list[float]]) -> float:
    """Print the figures of each panel; return the slowest median."""
    for key, told in found.items():
        ordered = sorted(told)
        print(
            f"{what:<22} {key:<10} median {statistics.median(told):.3f} s  slowest {ordered[-1]:.3f} s"
            f"  of {len(told)}"
        )
    return max(statistics.median(told) for told in found.values())


def weight(root: int) -> tuple[int, int]:
    """Return the processes of a product and the MB of their proportional set sizes."""
    from benchmarks.collector import family

    kilobytes, processes = 0, 0
    for pid in family(root):
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            processes += 1
    return processes, kilobytes // 1024


def prepared(folder: Path, facts: Path) -> str:
    """Make a product's data folder with these facts; return the cookie of somebody who is logged in."""
    made = zoco(folder, "site", "add", "Shop", "--host", "127.0.0.1", "--counting", "log", "--zone", "UTC")
    assert made.returncode == 0, made.stderr
    for old in folder.glob("ledger.duckdb*"):
        old.unlink()
    shutil.copyfile(facts / "ledger.duckdb", folder / "ledger.duckdb")
    told = subprocess.run(
        [sys.executable, "-c", SESSION],
        env=environment(folder) | {"DJANGO_SETTINGS_MODULE": "zoco.project.settings"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return told.stdout.split()[-1]


def measure(folder: Path, facts: Path, rate: int, rounds: int) -> tuple[float, float]:
    """Run the product, ask, and print; return the slowest median under load, and the ratio beside wrk."""
    os.environ["ZOCO_TRUSTED_PROXIES"] = "127.0.0.0/8"
    with tempfile.TemporaryDirectory(prefix="zoco-idle-") as empty:
        idle = Running(Path(empty))
        idle.wait_ready()
        time.sleep(20)
        processes, megabytes = weight(idle.process.pid)
        print(f"idle: {processes} processes, {megabytes} MB proportional set size")
        idle.stop()
    cookie = prepared(folder, facts)
    running = Running(folder, told={"ZOCO_TRUSTED_PROXIES": "127.0.0.0/8"})
    try:
        running.wait_ready()
        quiet = asked(running.port, cookie, rounds)
        tell("idle, warm", quiet)
        sender = Sender(running.port, rate)
        sender.start()
        began = time.monotonic()
        found = asked(running.port, cookie, rounds)
        spent = time.monotonic() - began
        sender.is_on = False
        sender.join()
        slowest = tell(f"{rate} facts a second", found)
        print(f"{sender.sent / spent:.0f} facts a second arrived, {sender.failed} requests failed")
        print(f"under load: {weight(running.process.pid)[1]} MB")
        beside = flooded(running.port, cookie, rounds)
        slower = whole(beside) / whole(found)
        print(f"all panels beside wrk take {slower:.2f} times as long, at most {SLOWER_MOST}")
        return slowest, slower
    finally:
        running.stop()


def whole(found: dict[str, list[float]]) -> float:
    """Return the seconds of all panels together."""
    return sum(statistics.median(told) for told in found.values())


def flooded(port: int, cookie: str, rounds: int) -> dict[str, list[float]]:
    """Ask while wrk sends as much as it can, and print; return the seconds by panel."""
    from benchmarks.collector import LOAD, wrk

    flood = threading.Thread(target=wrk, args=(port, FLOOD_CONNECTIONS, rounds * 3, LOAD), daemon=True)
    flood.start()
    found = asked(port, cookie, rounds)
    tell(f"wrk, {FLOOD_CONNECTIONS} connections", found)
    flood.join()
    return found


def main() -> int:
    """Measure and print; the exit code says whether the figure holds."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--facts", type=int, default=5_000_000)
    arguments.add_argument("--rate", type=int, default=1_000)
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--data", type=Path, help="a folder of benchmarks.reports with the facts")
    given = arguments.parse_args()
    os.environ.pop("ZOCO_DATA", None)
    with tempfile.TemporaryDirectory(prefix="zoco-dashboard-") as name:
        facts = given.data or Path(name) / "facts"
        if not (facts / "ledger.duckdb").exists():
            generate(facts, given.facts, 90)
        slowest, slower = measure(Path(name) / "data", facts, given.rate, given.rounds)
    print(f"slowest median of a warm panel under load {slowest:.3f} s, at most {WARM_SECONDS}")
    return int(slowest > WARM_SECONDS or slower > SLOWER_MOST)


if __name__ == "__main__":
    sys.exit(main())
