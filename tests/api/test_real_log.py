"""A company's real log through the whole program: the reports' figures equal a count in plain Python.

The count shares neither code nor lists with Zoco. Where its rules and Zoco's see an agent or an ending
differently, that agent or ending stands below with the reason; anything else would be a failure.
"""

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

import duckdb
import pytest

from tests.api.real_agents import OTHERWISE, declares_itself
from tests.operate.running import with_tables

ROOT = Path(__file__).parents[2]
LOG = ROOT.parent / "shared" / "data" / "logs" / "apache_logs"
ZONE = ZoneInfo("Europe/Madrid")
LINE = re.compile(r'(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+)[^"]*" (\d{3}) \S+ "[^"]*" "((?:[^"\\]|\\.)*)"?$')
# A page is what a server answers with a document for reading: no ending, or one of these.
DOCUMENTS = {"", "html", "xhtml", "htm", "php", "asp", "aspx", "jsp", "shtml", "cgi", "markdown"}
# Endings that Zoco does not take for a file beside the page, and why.
PAGES_TOO = {
    **dict.fromkeys(
        [
            "py",
            "log",
            "conf",
            "c",
            "sh",
            "tex",
            "spec",
            "lua",
            "patch",
            "rb",
            "cpp",
            "m4",
            "gem",
            "mk",
            "java",
            "vim",
            "diff",
            "xs",
        ],
        "source or text that a browser shows: somebody read it",
    ),
    **dict.fromkeys(
        ["access", "3", "threads", "jan05", "newmoused+newpsm", "no-pkg-config"],
        "no ending: a name with a dot in it, as many programs give their pages",
    ),
    "html%20target=": "a broken link to a page that the server answered",
}

pytestmark = [
    pytest.mark.skipif(not LOG.exists(), reason="real data is not on this machine"),
    pytest.mark.timeout(600),
]


class Counts:
    """What the log says by local day, counted without any of Zoco's code."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.views: Counter[str] = Counter()
        self.not_found: Counter[str] = Counter()
        self.bot_hits: Counter[str] = Counter()
        self.agents: Counter[str] = Counter()
        self.endings: Counter[str] = Counter()
        self.visitors: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for line in LOG.read_text(errors="replace").splitlines():
            found = LINE.match(line)
            assert found is not None, line
            address, stamp, method, target, status, agent = found.groups()
            at = datetime.strptime(stamp, "%d/%b/%Y:%H:%M:%S %z").astimezone(ZONE)
            self._add(at.date().isoformat(), address, method, target, int(status), agent)

    def _add(self, day: str, address: str, method: str, target: str, status: int, agent: str) -> None:
        self.agents[agent] += 1
        self.hits[day] += 1
        self.bot_hits[day] += declares_itself(agent) is not (agent in OTHERWISE)
        self.not_found[day] += status == 404
        if method == "GET" and status in (200, 206, 304):
            ending = ending_of(target)
            self.endings[ending] += 1
            if ending in DOCUMENTS or ending in PAGES_TOO:
                self.views[day] += 1
                self.visitors[day].add((address, agent))


def ending_of(target: str) -> str:
    """Return what stands behind the last dot of a path's last part, in lower case."""
    name = target.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


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
    folder = with_tables(tmp_path_factory.mktemp("real") / "data")
    words = ("--counting", "log", "--host", "semicomplete.com", "--zone", "Europe/Madrid")
    zoco(folder, "site", "add", "Blog", *words)
    summary = json.loads(zoco(folder, "import", "log", str(LOG), "--site", "blog", "--json"))
    assert (summary["lines"], summary["added"], summary["refused"]) == (10_000, 10_000, {})
    return folder


@pytest.fixture(scope="module")
def counts() -> Counts:
    return Counts()


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


def test_every_agent_is_judged_as_by_rules_of_its_own_but_for_those_named(data: Path, counts: Counts) -> None:
    with duckdb.connect(str(data / "ledger.duckdb"), read_only=True) as ledger:
        judged = ledger.execute(
            "SELECT coalesce(user_agent, ''), verdict <> 'human', count(*) FROM facts"
            " LEFT JOIN evidence USING (id) GROUP BY ALL"
        ).fetchall()
    given = Counter({agent if agent != "-" else "": 0 for agent in counts.agents})
    for agent, hits in counts.agents.items():
        given[agent if agent != "-" else ""] += hits

    assert {agent if agent != "-" else "": hits for agent, _, hits in judged} == given
    differ = {agent for agent, is_machine, _ in judged if is_machine is not declares_itself(agent)}
    assert differ == set(OTHERWISE)
    assert all(OTHERWISE.values())


def test_every_ending_is_seen_as_by_a_rule_of_its_own_but_for_those_named(data: Path, counts: Counts) -> None:
    with duckdb.connect(str(data / "ledger.duckdb"), read_only=True) as ledger:
        paths = ledger.execute("SELECT path FROM facts WHERE name = 'web.page.served'").fetchall()

    differ = {ending for (path,) in paths if (ending := ending_of(path)) not in DOCUMENTS}

    assert differ == set(PAGES_TOO)
    assert len(paths) == sum(counts.views.values())
    assert sum(counts.endings[ending] for ending in differ) > 0


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
