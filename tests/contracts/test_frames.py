"""Pages of imports, exports and moves share one frame, and uploads one bar of how far they are."""

from tests.contracts.tree import ZOCO, name

FRAME = "zoco/ledger/run_frame.html"


def having(mark: str) -> set[str]:
    return {name(path) for path in ZOCO.rglob("*.html") if mark in path.read_text("utf-8")}


def test_how_far_an_upload_is_stands_in_one_template() -> None:
    assert having("data-z-progress") == {"zoco/ledger/templates/zoco/ledger/upload.html"}


def test_pages_of_one_import_export_or_move_share_their_frame() -> None:
    assert having(f'{{% extends "{FRAME}" %}}') == {
        "zoco/monitor/templates/zoco/monitor/exports/one.html",
        "zoco/monitor/templates/zoco/monitor/imports/one.html",
        "zoco/moving/templates/zoco/moving/move.html",
        "zoco/people/templates/zoco/people/imports/one_frame.html",
    }
