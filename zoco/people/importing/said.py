"""What came, or would come, of an import in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from zoco.ledger.pictures import formats

COUNTS: dict[str, Any] = {
    "added": pgettext_lazy("import", "New people"),
    "changed": pgettext_lazy("import", "Known, something changes"),
    "same": pgettext_lazy("import", "Known, nothing changes"),
    "twice": pgettext_lazy("import", "In the file once more"),
    "refused": pgettext_lazy("import", "Rows that are refused"),
    "suppressed": pgettext_lazy("import", "Get no advertising: their address is suppressed"),
    "given": pgettext_lazy("import", "Agreed"),
    "held": pgettext_lazy("import", "Agreed in the file, refused here: the refusal holds"),
    "withdrawn": pgettext_lazy("import", "Left"),
    "dead": pgettext_lazy("import", "Dead addresses"),
    "blocked": pgettext_lazy("import", "Blocked addresses"),
    "deeds": pgettext_lazy("import", "What people did in the past"),
}
PARTED: dict[str, Any] = {
    ",": pgettext_lazy("between columns", "commas"),
    ";": pgettext_lazy("between columns", "semicolons"),
    "\t": pgettext_lazy("between columns", "tabs"),
    "|": pgettext_lazy("between columns", "upright strokes"),
}
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
TABLES_SAID = 20
ALWAYS = ("added", "changed", "same", "refused", "suppressed")


def counted(counts: Mapping[str, int], *, is_plan: bool) -> list[tuple[str, str]]:
    """Return labels and figures, those first that are always told."""
    if not counts:
        return []
    told = [each for each in COUNTS if each in ALWAYS or counts.get(each)]
    return [
        (str(COUNTS[each]), formats.count(counts.get(each, 0))) for each in told if is_plan or each != "twice"
    ]


def tables_said(forms: Sequence[Mapping[str, str]]) -> list[str]:
    """Return how files of an import were read: their letters, and what parts columns; of many the first."""
    more = len(forms) - TABLES_SAID
    rest = ngettext("and %(n)s table more", "and %(n)s tables more", more) % {"n": formats.count(more)}
    return [
        _("%(name)s: letters as in %(encoding)s, columns parted by %(parted)s")
        % {
            "name": each["name"],
            "encoding": ENCODINGS.get(each["encoding"], each["encoding"]),
            "parted": PARTED.get(each["delimiter"], each["delimiter"]),
        }
        for each in forms[:TABLES_SAID]
        if each.get("encoding")
    ] + ([rest] if more > 0 else [])
