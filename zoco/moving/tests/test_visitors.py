"""A visitor who asks after a move: his id finds nothing of before and that is said; his old number does."""

from argparse import Namespace
from pathlib import Path

import pytest

from zoco.kit.commands import COMMANDS, Exit
from zoco.ledger.store import opening
from zoco.moving.tests.moved import exported, installation, taken
from zoco.project.tests.readers import body, client_of
from zoco.sites.commands import visitors as _visitors  # noqa: F401 - registers
from zoco.sites.models import Site
from zoco.sites.services import site_create

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
WHO, PAGE = "0b9c6f3e-5a0e-4c6b-9e0a-2f5d1c7b8a90", "/admin/visitor-requests/"
SAID = "This site came out of an archive"


def test_what_came_along_is_found_by_the_number_of_before(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = client_of("owner").post(PAGE, {"site": shop.pk, "who": WHO, "do": "look"})
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    site = taken(path).site
    assert site is not None
    boss = client_of("owner")

    by_id = boss.post(PAGE, {"site": site.pk, "who": WHO, "do": "look"})
    by_number = boss.post(PAGE, {"site": site.pk, "who": "77", "do": "look"})
    code = COMMANDS.get("visitor erase").run(Namespace(site="shop", id=WHO, yes=True))

    assert SAID not in body(before)
    assert SAID in body(by_id)
    assert "There is nothing of this id" in body(by_id)
    assert "1 fact<" in body(by_number)
    assert code == Exit.NOTHING_TO_DO
    assert "not found by an id" in capsys.readouterr().err
    assert COMMANDS.get("visitor erase").run(Namespace(site="shop", id="77", yes=True)) == Exit.OK
    left = opening.store().query("SELECT count(*) AS left FROM facts WHERE known = 77 OR visitor = 3")
    assert left.to_pylist() == [{"left": 0}]
    other = site_create(name="Other")
    assert SAID not in body(boss.post(PAGE, {"site": other.pk, "who": WHO, "do": "look"}))
