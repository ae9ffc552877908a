"""Choosing a picture for a block: a panel within the block, opened, searched and used by its buttons."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from zoco.kit.pictures import ALBUMS, Picture, PictureWrong
from zoco.mail.editing.screens.nodes import Node, Nodes
from zoco.mail.editing.wrongs import words_of
from zoco.mail.letters.blocks import WIDTH
from zoco.mail.letters.drafts import Value, text_of
from zoco.mail.letters.parts import MEASURED, PADDING

DEEDS = {"pictures", "picture", "upload", "unpicked"}
FOUND_MOST = 24
QUERY_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Picking:
    """The panel of one block, by its name; `wrong` is what became of the last try."""

    name: str
    query: str = ""
    wrong: str = ""


def may_pick(user: Any) -> bool:
    """Return whether there is any picture to choose, or to add, for somebody."""
    return any(each.may_choose(user) for each in ALBUMS)


def pick(
    request: HttpRequest, nodes: Nodes, deed: str, rest: list[str]
) -> tuple[Node | None, Picking | None]:
    """Do what a button of the panel says; returns the block it is about, and the panel if it stays open."""
    node = next((each for each in nodes if rest and each.name == rest[0]), None)
    if node is None or "url" not in {each.name for each in node.fields if each.kind == "picture"}:
        return None, None
    query = request.POST.get(f"{node.name}-find", "").replace("\0", "").strip()[:QUERY_LONGEST]
    try:
        if deed == "picture" and len(rest) == 3 and rest[1] in ALBUMS:
            _put(node, ALBUMS.get(rest[1]).copied(request.user, rest[2], WIDTH - 2 * PADDING))
        elif deed == "upload":
            _uploaded(request, node)
        elif deed == "pictures":
            return node, Picking(node.name, query)
    except PictureWrong as wrong:
        return node, Picking(node.name, query, words_of(wrong))
    return node, None


def _uploaded(request: HttpRequest, node: Node) -> None:
    file = request.FILES.get(f"{node.name}-file")
    album = next((each for each in ALBUMS if each.may_add(request.user)), None)
    if album is None:
        raise PictureWrong(gettext_noop("You may not add pictures; choose one that is there."))
    if file is None:
        raise PictureWrong(gettext_noop("Choose a file first."))
    key = album.add(request.user, file, text_of(node.said, "alt"))
    _put(node, album.copied(request.user, key, WIDTH - 2 * PADDING))


def _put(node: Node, found: Picture) -> None:
    """Write a picture into a block; words that somebody wrote for it stay."""
    node.said |= {"url": found.url, "width": found.width}
    node.said["alt"] = text_of(node.said, "alt") or found.alt
    node.kept[MEASURED] = {"url": found.url, "width": found.width, "height": found.height}


def picker_shown(user: Any, picking: Picking | None) -> dict[str, Any] | None:
    """Return what the panel shows, None where none is open."""
    if picking is None:
        return None
    thumbs = [
        {"do": f"picture:{picking.name}:{album.key}:{each.key}", "title": each.title, "url": each.url}
        for album in ALBUMS
        if album.may_choose(user)
        for each in album.found(user, picking.query, FOUND_MOST)
    ]
    return {
        "name": picking.name,
        "query": picking.query,
        "wrong": picking.wrong,
        "thumbs": thumbs[:FOUND_MOST],
        "may_add": any(each.may_add(user) for each in ALBUMS),
    }


def seen_here(said: Value) -> str:
    """Return the address at which the editor shows a picture of ours, "" for those of others."""
    url = text_of(said, "url")
    root = f"{str(settings.WAGTAILADMIN_BASE_URL).rstrip('/')}/"
    return urlsplit(url).path if url.startswith(root) else ""
