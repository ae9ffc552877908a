"""Kill -9 anything, sixty times, while facts arrive: nothing is lost, doubled or stranded."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import pytest

from tests.crash import feed, load
from tests.crash.product import ROOT, Product
from tests.operate.running import with_tables
from zoco.kit.ids import uuid8

pytestmark = [pytest.mark.crash, pytest.mark.alone, pytest.mark.timeout(900)]
KILLS = 60
PROMISED_SECONDS = 5.0
"""From the kill of anything to the next answer."""
PROMISED_IMPORTS = 2.5
"""The same in times of what importing takes, for machines on which that is two seconds or more."""
LOG_LINES = 40_000
TASKS = 60
ROUNDS = [
    ("web",),
    ("worker",),
    ("leader",),
    ("import",),
    ("supervisor",),
    ("leader", "import"),
    ("worker", "web"),
    ("worker", "web", "nursery"),
    ("feed", "nursery"),
    ("worker", "web", "nursery", "supervisor"),
    ("leader", "worker", "web", "supervisor", "import", "feed"),
]


@pytest.fixture
def product(tmp_path: Path, free_port: int) -> Iterator[Product]:
    product = Product(with_tables(tmp_path / "data"), free_port)
    product.start()
    product.await_answer(90)
    assert product.run("site", "add", "Shop", "--host", "shop.example").returncode == 0
    yield product
    product.stop()


class Feed:
    """A process that appends facts; killed and started again it goes on behind what was acknowledged."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.acknowledged = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.crash.feed",
                str(self.product.data / "spool"),
                str(self.acknowledged),
            ],
            cwd=ROOT,
            env=self.product.environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def kill(self) -> None:
        self.process.kill()
        written = self.process.communicate()[0].split()
        self.acknowledged = max([self.acknowledged, *(int(number) for number in written)])


class Load:
    """Senders to /e that outlive every kill and send again what got no answer."""

    def __init__(self, product: Product, path: Path) -> None:
        self._told = path
        with path.open("w") as told:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.load", str(product.port)],
                cwd=ROOT,
                env=product.environment,
                stdin=subprocess.PIPE,
                stdout=told,
            )

    def end(self) -> set[str]:
        """Stop sending; return the ids that were acknowledged."""
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0
        return {uuid8(load.NAMESPACE, int(number)) for number in self._told.read_text().split()}


class Import:
    """`zoco import log`; killed and started again it resumes."""

    def __init__(self, product: Product, log: Path) -> None:
        self.product = product
        self.log = log
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "zoco.project.cli", "import", "log", str(self.log), "--any-host"],
            cwd=ROOT,
            env=self.product.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def a_log(path: Path) -> None:
    """Write an access log in which no line repeats."""
    with path.open("w") as file:
        for number in range(LOG_LINES):
            at = datetime(2025, 10, 10, tzinfo=UTC) + timedelta(seconds=number * 3)
            file.write(
                f"203.0.113.{number % 250} - - [{at:%d/%b/%Y:%H:%M:%S} +0000]"
                f' "GET /page/{number} HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11)"\n'
            )


def test_nothing_is_lost_or_doubled_whatever_is_killed(product: Product, tmp_path: Path) -> None:
    a_log(tmp_path / "access.log")
    feeder, importer = Feed(product), Import(product, tmp_path / "access.log")
    sender = Load(product, tmp_path / "sent")

    seconds = kill_again_and_again(product, feeder, importer)

    feeder.kill()
    sent = sender.end()
    _, said = importer.process.communicate(timeout=120)
    assert importer.process.returncode == 0, said
    ids, live = await_facts(product, feeder.acknowledged, sent)
    assert {uuid8(feed.NAMESPACE, number) for number in range(feeder.acknowledged)} <= ids
    assert len(ids) <= feeder.acknowledged + feed.BATCH
    assert len(sent) > 1_000
    assert sent <= live
    assert len(live - sent) <= load.SENDERS, "under way at the end, each at most one"
    *_, slowest = quantiles((one for taken in seconds.values() for one in taken), n=20)
    assert slowest < max(PROMISED_SECONDS, PROMISED_IMPORTS * import_seconds()), "of nineteen kills in twenty"
    for roles, taken in seconds.items():
        print(f"{' '.join(roles)}: {median(taken):.2f} s, at most {max(taken):.2f} s")


def kill_again_and_again(
    product: Product, feeder: Feed, importer: Import
) -> dict[tuple[str, ...], list[float]]:
    """Kill sixty times, with new tasks after each ten; return how long each took to be mended."""
    rnd = random.Random(20_151_117)
    seconds: dict[tuple[str, ...], list[float]] = {roles: [] for roles in ROUNDS}
    for kill in range(KILLS):
        if kill % 10 == 0:
            enqueue(product, kill // 10 * TASKS // 6)
        roles = ROUNDS[kill % len(ROUNDS)]
        time.sleep(rnd.uniform(0.0, 0.6))
        if "feed" in roles:
            feeder.kill()
        if "import" in roles:
            importer.kill()
        product.kill(*(role for role in roles if role not in {"feed", "import"}))
        seconds[roles].append(product.await_answer())
        if "feed" in roles:
            feeder.start()
        if "import" in roles:
            importer.start()
    return seconds


def import_seconds() -> float:
    """Return how long this machine takes to import what a process that answers needs."""
    began = time.monotonic()
    words = "from zoco.project import ready; ready.django(); from zoco.project.processes import nursery as n"
    words += "; n._import_engines(); n._import_pages()"
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=True)
    return time.monotonic() - began


def enqueue(product: Product, first: int) -> None:
    """Put a sixth of the tasks into the queue."""
    subprocess.run(
        [sys.executable, "-m", "tests.crash.enqueue", str(first), str(first + TASKS // 6)],
        cwd=ROOT,
        env=product.environment,
        check=True,
    )


def await_facts(product: Product, acknowledged: int, sent: set[str]) -> tuple[set[str], set[str]]:
    """Wait until everything is in the ledger, hold the other counts against what they must be.

    Returns the ids of fed facts and of those sent to /e.
    """
    from zoco.ledger.store.duckdb.store import DuckStore

    store = DuckStore(product.data, lead=False)

    def number(sql: str) -> int:
        return int(store.query(sql).column(0)[0].as_py())

    def ids(which: str) -> set[str]:
        found = store.query(f"SELECT id::VARCHAR AS id {which}").column("id").to_pylist()
        assert len(found) == len(set(found)), "each once"
        return set(found)

    tracked = f"FROM facts WHERE origin = 'tracker' AND host <> '{load.HOST}'"
    live = f"FROM facts WHERE origin = 'tracker' AND host = '{load.HOST}'"
    done = "FROM facts WHERE name = 'test.task.done'"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        store.drain()
        if (
            number(f"SELECT count(*) {tracked}") >= acknowledged
            and sent <= ids(live)
            and number(f"SELECT count(*) {done}") >= TASKS
        ):
            break
        time.sleep(0.5)
    assert number(f"SELECT count(*) {done}") == number(f"SELECT count(DISTINCT id) {done}") == TASKS
    assert number("SELECT count(*) FROM facts WHERE origin = 'log'") == LOG_LINES
    assert number("SELECT count(DISTINCT id) FROM facts WHERE origin = 'log'") == LOG_LINES
    assert list((product.data / "spool" / "aside").glob("*")) == []
    both = ids(tracked), ids(live)
    store.close()
    return both
