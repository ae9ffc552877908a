"""A company's real log through the whole program: the reports' figures equal a count in plain Python."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).parents[2]
LOG = ROOT.parent / "shared" / "data" / "logs" / "apache_logs"
ZONE = ZoneInfo("Europe/Madrid")
LINE = re.compile(r'(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+)[^"]*" (\d{3}) \S+ "[^"]*" "([^"]*)')
NOT_PAGES = re.compile(
    r"\.(css|js|png|jpe?g|gif|svg|ico|txt|xml|rss|atom|pdf|zip|gz|tgz|bz2|rpm|deb|jar|exe|iso|mp3|mp4|mov"
    r"|avi|swf|woff|ttf|eot|json|csv|pcap|class|dmg|7z|tar|bin|pyc|webp|doc|ppt|odt|xls|xsl|map|flv|ogg|wav)$",
    re.I,
)

pytestmark = [
    pytest.mark.skipif(not LOG.exists(), reason="real data is not on this machine"),
    pytest.mark.timeout(600),
]


class Counts:
    """What the log says by local day, counted without any of Zoco's code."""

    def __init__(self, bot_tokens: list[str]) -> None:
        self.hits: Counter[str] = Counter()
        self.views: Counter[str] = Counter()
        self.not_found: Counter[str] = Counter()
        self.bot_hits: Counter[str] = Counter()
        self.visitors: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for line in LOG.read_text(errors="replace").splitlines():
            found = LINE.match(line)
            assert found is not None, line
            address, stamp, method, target, status, agent = found.groups()
            at = datetime.strptime(stamp, "%d/%b/%Y:%H:%M:%S %z").astimezone(ZONE)
            self._add(at.date().isoformat(), address, method, target, int(status), agent, bot_tokens)

    def _add(
        self, day: str, address: str, method: str, target: str, status: int, agent: str, tokens: list[str]
    ) -> None:
        lowered = agent.lower()
        is_bot = lowered in ("", "-") or any(token in lowered for token in tokens)
        is_bot = is_bot or bool(re.search(r"bot\b|spider|crawler|\+ ?https?://", lowered))
        self.hits[day] += 1
        self.bot_hits[day] += is_bot
        self.not_found[day] += status == 404
        path = target.partition("?")[0].partition("#")[0]
        if method == "GET" and status in (200, 206, 304) and not NOT_PAGES.search(path):
            self.views[day] += 1
            self.visitors[day].add((address, agent))


def zoco(data: Path, *words: str) -> str:
    """Run a command on a data folder and return what it printed."""
    ended = subprocess.run(
        [sys.executable, "-m", "zoco.project.cli", *words],
        cwd=ROOT,
        env={**os.environ, "ZOCO_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def table(data: Path, report: str, *words: str) -> list[dict[str, str]]:
    """Return a report's rows."""
    period = ("--site", "blog", "--period", "2015-05-17..2015-05-21", "--format", "csv")
    return list(csv.DictReader(io.StringIO(zoco(data, "report", report, *period, *words))))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder into which the log was imported."""
    folder = tmp_path_factory.mktemp("real") / "data"
    words = ("--counting", "log", "--host", "semicomplete.com", "--zone", "Europe/Madrid")
    zoco(folder, "site", "add", "Blog", *words)
    summary = json.loads(zoco(folder, "import", "log", str(LOG), "--site", "blog", "--json"))
    assert (summary["lines"], summary["added"], summary["refused"]) == (10_000, 10_000, {})
    return folder


@pytest.fixture(scope="module")
def counts() -> Counts:
    listed = (ROOT / "zoco" / "collector" / "lists" / "bots.tsv").read_text().splitlines()
    return Counts([line.split("\t")[1] for line in listed if line and not line.startswith("#")])


def test_page_views_and_visitors_a_day_equal_an_independent_count(data: Path, counts: Counts) -> None:
    rows = table(data, "traffic", "--verdicts", "all")

    assert {row["bucket"]: int(row["page_views"]) for row in rows if row["page_views"] != "0"} == counts.views
    assert {row["bucket"]: int(row["visitors"]) for row in rows if row["visitors"] != "0"} == {
        day: len(who) for day, who in counts.visitors.items()
    }


def test_hits_and_not_found_a_day_equal_an_independent_count(data: Path, counts: Counts) -> None:
    rows = table(data, "requests", "--verdicts", "all")

    assert {row["bucket"]: int(row["requests"]) for row in rows if row["requests"] != "0"} == counts.hits
    assert {
        row["bucket"]: int(row["not_found"]) for row in rows if row["requests"] != "0"
    } == counts.not_found


def test_bots_a_day_equal_an_independent_count(data: Path, counts: Counts) -> None:
    rows = table(data, "requests", "--verdicts", "bots")

    assert {row["bucket"]: int(row["requests"]) for row in rows if row["requests"] != "0"} == counts.bot_hits


def test_importing_again_changes_nothing(data: Path, tmp_path: Path) -> None:
    before = table(data, "traffic", "--verdicts", "all")
    copy = tmp_path / "rotated.log"
    copy.write_bytes(LOG.read_bytes())

    summary = json.loads(zoco(data, "import", "log", str(copy), "--site", "blog", "--json"))

    assert (summary["added"], summary["already_there"]) == (0, 10_000)
    assert table(data, "traffic", "--verdicts", "all") == before


def test_days_of_the_count_are_those_of_the_log(counts: Counts) -> None:
    assert sum(counts.hits.values()) == 10_000
    assert min(counts.hits) >= datetime(2015, 5, 17, tzinfo=UTC).date().isoformat()
