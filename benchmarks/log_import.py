"""Import of a million log lines against GoAccess: CPU seconds until the facts can be queried, and memory.

The lines are the sample's, repeated with days and addresses shifted so that no line comes twice.
Both run one after the other, each in a process of its own; CPU is user and system of all of them.

usage: python -m benchmarks.log_import SAMPLE [LINES]
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from zoco.sites.published import Published, PublishedSite, write

HIT = re.compile(rb"(\d+)\.(\d+)\.(\d+)\.(\d+) ([^\[]*)\[(\d\d)/May/2015(.*)", re.S)
DAYS = 4
SITE = PublishedSite(
    id=1,
    slug="bench",
    name="Benchmark",
    zone="Europe/Madrid",
    currency="EUR",
    hostnames=("semicomplete.com", "www.semicomplete.com"),
    counting="log",
    import_key="42" * 32,
)
IMPORT = """
import sys
from argparse import ArgumentParser
from zoco.collector.commands import ImportLog
from zoco.ledger.store.opening import close
parser, command = ArgumentParser(), ImportLog()
command.arguments(parser)
code = command.run(parser.parse_args(sys.argv[1:]))
close()
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children took."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float


def write_lines(sample: Path, target: Path, count: int) -> None:
    """Write `count` lines; the k-th copy of the sample is 4 * k days later and from other addresses."""
    parsed = [HIT.fullmatch(line) for line in sample.read_bytes().splitlines(keepends=True)]
    hits = [found.groups() for found in parsed if found]
    with target.open("wb") as file:
        for number in range(count):
            copy, place = divmod(number, len(hits))
            a, b, c, d, user, day, rest = hits[place]
            on = date(2015, 5, int(day)) + timedelta(days=DAYS * copy)
            shifted = (int(b) + copy) % 256
            stamp = on.strftime("%d/%b/%Y").encode()
            file.write(b"%b.%d.%b.%b %b[%b%b" % (a, shifted, c, d, user, stamp, rest))


def cost_of(words: list[str], environment: dict[str, str]) -> Cost:
    """Run a command and measure it. Raises CalledProcessError."""
    began = time.perf_counter()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    code = os.waitstatus_to_exitcode(status)
    if code:
        error = process.stderr.read() if process.stderr else b""
        raise subprocess.CalledProcessError(code, words, stderr=error)
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def main(sample: str, count: int = 1_000_000) -> None:
    """Run both and print their costs and the ratio."""
    with tempfile.TemporaryDirectory(prefix="zoco-bench-") as name:
        folder = Path(name)
        log, data = folder / "access.log", folder / "data"
        write_lines(Path(sample), log, count)
        data.mkdir()
        write(data / "sites.json", Published(sites=(SITE,)))
        report = ["--log-format=COMBINED", "-o", str(folder / "out.json"), "--no-progress"]
        theirs = cost_of(["goaccess", str(log), *report], dict(os.environ))
        environment = {**os.environ, "ZOCO_DATA": str(data)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        help_only = [sys.executable, "-c", IMPORT, "--help"]
        subprocess.run(help_only, check=True, env=environment, stdout=subprocess.DEVNULL)
        ours = cost_of([sys.executable, "-c", IMPORT, "--json", str(log)], environment)
    for who, cost in (("GoAccess", theirs), ("Zoco", ours)):
        print(
            f"{who:9} {cost.cpu_seconds:7.1f} CPU s  {cost.cpu_seconds / count * 1e6:6.2f} µs a line  "
            f"{cost.wall_seconds:7.1f} s  {cost.peak_mb:5.0f} MB"
        )
    print(f"ratio {ours.cpu_seconds / theirs.cpu_seconds:.2f} (at most 1.00), peak under 400 MB")


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:]))
