"""The page "Live": who may see it, what it asks for again, which visitor its reader is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zoco.kit.periods import micros
from zoco.ledger.tests.reports.made import SITE, fact, ledger
from zoco.project.tests.readers import body, client_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/live-facts/"


@pytest.fixture(autouse=True)
def _seen(tmp_path: Path) -> Iterator[None]:
    came = datetime.now(UTC) - timedelta(minutes=1)
    seen = fact(
        f"{came:%Y-%m-%d %H:%M:%S}", 5, "/<b>honey", zone="UTC", host="shop.example", received_at=micros(came)
    )
    with ledger(tmp_path, [seen]):
        yield


def test_readers_of_facts_see_the_last_ones_as_text() -> None:
    shown = body(client_of("marketer").get(PAGE, {"site": SITE.slug}))

    assert "shop.example/<b>honey" in shown
    assert "&lt;b&gt;honey" in client_of("owner").get(PAGE).content.decode()
    assert "<code>000005</code>" in shown
    assert "How is this computed" in shown
    assert "named where it is more than" in shown


def test_what_is_asked_again_is_empty_until_something_comes() -> None:
    marketer = client_of("marketer")
    part = marketer.get(PAGE, {"part": "1"})
    mark = part.content.decode().partition('data-z-mark="')[2].partition('"')[0]

    assert "<html" not in part.content.decode()
    assert marketer.get(PAGE, {"part": "1", "mark": mark}).status_code == 204
    nothing = body(marketer.get(PAGE, {"q": "no such text"}))
    assert "Nothing came in within the last 24 hours" in nothing
    assert marketer.get(PAGE, {"site": "nobody"}).status_code == 404


def test_this_browser_is_nobody_while_no_site_is_published() -> None:
    assert "data-z-line" not in client_of("marketer").get(PAGE, {"mine": "1"}).content.decode()
