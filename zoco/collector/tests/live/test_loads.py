"""Page loads that a server counts itself: of its own sites, with the tracker's visitor."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from zoco.collector.live.here import Here
from zoco.collector.live.loads import Loads
from zoco.collector.live.reader import Reader, Sender
from zoco.collector.live.taking import now_micros
from zoco.collector.tests.live.conftest import AGENT, publish
from zoco.collector.tests.live.fuzzing import Spool
from zoco.ledger.schema import decoder
from zoco.sites import published

HEADERS = {"host": "shop.example:8000", "user-agent": AGENT, "accept-language": "es-ES"}


def test_load_has_the_visitor_and_the_path_of_the_trackers_page_view(sites: Path) -> None:
    publish(sites, datetime.now(UTC).date())
    spool, here = Spool(), Here(sites)
    here.look()

    assert Loads(sites, lambda: spool).note("/a?utm_source=x", "10.0.0.1", HEADERS, ["81.0.32.7"])  # type: ignore[arg-type, return-value]

    [load] = map(decoder.decode, b"".join(spool.lines).splitlines())
    sender = Sender(address="81.0.32.7", user_agent=AGENT)
    [line] = Reader(here, now_micros).read(b'{"url":"https://shop.example/a"}', sender).lines
    view = decoder.decode(line.encode())
    assert (load.name, load.origin, load.status, load.source) == ("web.page.served", "server", 200, "x")
    assert (load.visitor, load.path, load.host) == (view.visitor, view.path, view.host)
    assert load.visitor


def test_hosts_of_nobody_and_sites_that_count_by_log_have_no_loads(sites: Path) -> None:
    publish(sites, datetime.now(UTC).date())
    known = published.read(sites)
    by_log = tuple(msgspec.structs.replace(site, counting="log") for site in known.sites)
    spool = Spool()

    assert not Loads(sites, lambda: spool).note("/", "81.0.32.7", HEADERS | {"host": "other.example"})  # type: ignore[arg-type, return-value]
    published.write(sites, msgspec.structs.replace(known, sites=by_log))
    assert not Loads(sites, lambda: spool).note("/", "81.0.32.7", HEADERS)  # type: ignore[arg-type, return-value]
    assert not Loads(sites.with_name("gone"), lambda: spool).note("/", "81.0.32.7", HEADERS)  # type: ignore[arg-type, return-value]
    assert spool.lines == []


def test_load_of_a_marked_browser_is_own_staffs_like_its_page_views(sites: Path) -> None:
    publish(sites, datetime.now(UTC).date())
    known, spool = published.read(sites), Spool()
    shop = msgspec.structs.replace(known.sites[0], staff_mark="ab12")
    published.write(sites, msgspec.structs.replace(known, sites=(shop,)))

    for cookie in ("a=1; zoco_staff=ab12", "zoco_staff=no; b=2", "a_zoco_staff=ab12"):
        Loads(sites, lambda: spool).note("/", "81.0.32.7", HEADERS | {"cookie": cookie})  # type: ignore[arg-type, return-value]

    loads = [decoder.decode(line) for line in b"".join(spool.lines).splitlines()]
    assert [load.verdict for load in loads] == ["staff", "human", "human"]
