"""Which sites are arriving: an import is told by what it is at, not by what was asked for last."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from zoco.kit import holding
from zoco.kit.commands import COMMANDS, CommandFailed
from zoco.moving import importing
from zoco.moving.arriving import is_half_here, sites_arrived
from zoco.moving.models import SiteMove
from zoco.moving.tests.moved import exported, installation, taken
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


def test_a_second_command_while_an_import_runs_leaves_it_to_its_end(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    monkeypatch.setattr(holding, "MOMENT", 0.1)
    real, said = importing._facts_take, []

    def take(*given: Any) -> None:
        with pytest.raises(CommandFailed, match="Another process is at it") as refused:
            COMMANDS.get("site import").run(Namespace(file=path, into=""))
        said.append((str(refused.value), SiteMove.objects.get().state))
        real(*given)

    monkeypatch.setattr(importing, "_facts_take", take)
    move = taken(path)

    now = SiteMove.objects.get()
    assert {state for _words, state in said} == {"running"}
    assert (move.state, now.state, now.added) == ("done", "done", 60)
    assert (is_half_here(now.site_id), len(sites_arrived())) == (False, 1)
