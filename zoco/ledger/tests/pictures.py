"""Pictures as files, held to what a file needs: well-formed, and its looks with it, wherever it is opened."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from zoco.ledger.pictures.alone.laying import STYLE

SVG = "{http://www.w3.org/2000/svg}"
HOOKS = {"z-side", "z-mix-bar", "z-mix-curve"}
"""Classes by which a page sizes a picture; a file has its sizes."""


def drawn(text: str) -> Element:
    """Return the root of a picture. AssertionError where it is not whole in itself."""
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    root: Element = ElementTree.fromstring(text.encode())
    assert root.tag == f"{SVG}svg"
    assert all(float(root.attrib[name]) > 0 for name in ("width", "height")), "It has no size of its own."
    looks = {name for each in root.iter() for name in each.get("class", "").split()}
    styled = set(re.findall(r"\.([a-z][a-z0-9-]*)", STYLE))
    assert looks - styled - HOOKS == set(), "These looks are left behind on the page."
    assert not re.search(r"var\(|url\(|href=|<script|light-dark", text), "It asks for something outside."
    places = [each.get(name, "0") for each in root.iter() for name in ("x", "y", "cx", "cy", "d", "points")]
    assert not [each for each in places if "nan" in each or "inf" in each], "It has no place for a figure."
    return root


def said(root: Element) -> list[str]:
    """Return the texts of a picture, in their order."""
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
