"""Panels of a page stand as far apart as the design says: the page's own gap, and no margin on top of it."""

import re

from tests.contracts.tree import ROOT, files

CLASSES = re.compile(r'class="([^"]*)"')
GRIDS = {"z-body", "z-grid2", "z-grid3", "z-form-parts"}
"""What puts a gap between its children by itself."""


def test_no_template_adds_a_margin_to_a_gap() -> None:
    doubled = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in files()
        if path.suffix == ".html"
        for found in CLASSES.findall(path.read_text())
        if "z-gap" in found.split() and GRIDS & set(found.split())
    ]

    assert doubled == []
