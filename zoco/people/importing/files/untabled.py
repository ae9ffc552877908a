"""What is uploaded by mistake for a table: a web page, a picture, a document. Told by how it begins."""

import codecs
import re
from pathlib import Path

from django.utils.translation import gettext_noop

from zoco.people.importing.files.tables import TableWrong

BEGINNING = 2_048
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"))
_PAGE = re.compile(r"<(!doctype\s+html|html|head|body|table|meta|script|div)\b", re.IGNORECASE)
_BEFORE = re.compile(r"(\s+|<\?xml[^>]*\?>|<!--.*?-->)*", re.DOTALL)
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_PACKED = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")


def untabled_check(path: Path) -> None:
    """Raise TableWrong with what a file is, where it begins as one that holds no table."""
    with path.open("rb") as file:
        words = _kind(file.read(BEGINNING))
    if words:
        raise TableWrong(words)


def _kind(head: bytes) -> str:
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return gettext_noop("This is a picture, not a table. Upload the figures themselves, as CSV or .xlsx.")
    if head.startswith(b"%PDF-"):
        return gettext_noop("This is a PDF, not a table. Upload the figures themselves, as CSV or .xlsx.")
    if head.startswith(_PACKED):
        return gettext_noop(
            "This file is packed in a way that is not read here. Unpack it, or make a zip of it."
        )
    text = _text(head)
    rest = text[_BEFORE.match(text).end() :]  # type: ignore[union-attr] # it fits nothing too
    if _PAGE.match(rest):
        return gettext_noop(
            "This is a web page (HTML), not a table. Where the report is, choose Export or Download instead "
            "of saving the page, take CSV or .xlsx, and upload that file."
        )
    if text.lstrip().startswith("<?xml"):
        return gettext_noop("This is XML, not a table. Export it as CSV or .xlsx, and upload that file.")
    return ""


def _text(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")
