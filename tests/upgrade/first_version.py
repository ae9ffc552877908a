"""A data folder as the first version of the schema wrote it, spelled out: no word of it comes from
today's code, so that it stays what it was.

usage: python -m tests.upgrade.first_version FOLDER
"""

import json
import random
import sys
from pathlib import Path
from uuid import UUID

import duckdb

TEXT = """origin_key verdict reason host path title referrer_host source medium campaign content term
click_id channel landing device browser browser_version os os_version country region city language screen
subject_kind subject currency"""
FACTS = f"""CREATE TABLE facts (
  id UUID, site INTEGER DEFAULT 0, name VARCHAR DEFAULT '', origin VARCHAR DEFAULT '',
  occurred_at TIMESTAMP, received_at TIMESTAMP DEFAULT TIMESTAMP '1970-01-01',
  row_version INTEGER DEFAULT 0, visitor BIGINT DEFAULT 0, visitor_before BIGINT DEFAULT 0,
  session BIGINT DEFAULT 0, person BIGINT DEFAULT 0,
  {", ".join(f"{name} VARCHAR DEFAULT ''" for name in TEXT.split())},
  status INTEGER DEFAULT 0, amount DECIMAL(18,4) DEFAULT 0, amount_site DECIMAL(18,4) DEFAULT 0,
  quantity BIGINT DEFAULT 0, props JSON DEFAULT '{{}}')"""
KEYS = "id UUID, site INTEGER, occurred_at TIMESTAMP, visitor BIGINT, person BIGINT"
TABLES = (
    "CREATE TABLE meta (key VARCHAR, value VARCHAR)",
    "INSERT INTO meta VALUES ('schema', '1')",
    "CREATE TABLE segments (name VARCHAR, loaded_at TIMESTAMP)",
    "CREATE TABLE midnight (site INTEGER, before BIGINT, visitor BIGINT, occurred_at TIMESTAMP)",
    f"CREATE TABLE evidence ({KEYS}, user_agent VARCHAR, client_hints VARCHAR, referrer VARCHAR)",
    f"CREATE TABLE touch ({KEYS}, source VARCHAR, medium VARCHAR, campaign VARCHAR, content VARCHAR,"
    " term VARCHAR, click_id VARCHAR, channel VARCHAR)",
    FACTS,
)
LOADED = """INSERT INTO facts (id, site, name, origin, occurred_at, visitor, session, verdict, reason,
  path, status, host, country, browser, os, device, channel, landing)
  SELECT id, site, name, origin, make_timestamp(occurred_at), visitor, session, verdict, reason, path, status,
  host, country, browser, os, device, channel, landing
  FROM read_json(?, format = 'newline_delimited')"""


def lines(first: int, last: int) -> list[dict[str, object]]:
    """Return facts as the first version wrote them: one visitor a hundred facts, all on one day."""
    found: list[dict[str, object]] = []
    for number in range(first, last):
        rnd = random.Random(number)
        is_bot = number % 11 == 0
        visit = number // 5
        found.append(
            {
                "id": str(UUID(int=(number + 1) << 80 | 8 << 76 | 2 << 62 | number + 1)),
                "site": 1,
                "name": rnd.choice(["web.page.viewed", "web.page.viewed", "web.error.served"]),
                "origin": "tracker",
                "occurred_at": 1_431_900_000_000_000 + visit * 120_000_000 + number % 5 * 1_000_000,
                "visitor": visit + 1,
                "verdict": "bot" if is_bot else "human",
                "reason": "Googlebot" if is_bot else "",
                "path": f"/{rnd.randrange(9)}",
                "status": 404 if number % 7 == 0 else 200,
                "host": "shop.example",
                "country": rnd.choice(["ES", "MX", ""]),
                "browser": rnd.choice(["Chrome", "Firefox"]),
                "os": "Linux",
                "device": "desktop",
                "channel": "direct",
            }
        )
    return found


def settled(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the lines as they stood in the ledger: each visitor here has one session."""
    landings: dict[object, object] = {}
    for line in found:
        if line["name"] == "web.page.viewed":
            landings.setdefault(line["visitor"], line["path"])
    return [
        {**line, "session": line["visitor"], "landing": landings.get(line["visitor"], "")} for line in found
    ]


def write(folder: Path) -> None:
    """Make the folder: a ledger of 3,000 facts and a segment of 500 that was not loaded yet."""
    spool = folder / "spool"
    spool.mkdir(parents=True)
    source = folder / "lines.ndjson"
    source.write_text("".join(json.dumps(line) + "\n" for line in settled(lines(0, 3000))))
    with duckdb.connect(str(folder / "ledger.duckdb")) as con:
        for statement in TABLES:
            con.execute(statement)
        con.execute(LOADED, [str(source)])
    source.unlink()
    name = "0000000000000000.01890000-0000-7000-8000-000000000000.v1.ndjson"
    (spool / name).write_text("".join(json.dumps(line) + "\n" for line in lines(3000, 3500)))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
