"""Imports in words."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.question import Question
from zoco.ledger.asking.relative import DAYS_MOST
from zoco.ledger.pictures import formats
from zoco.ledger.report import report_named
from zoco.monitor.imports.base import importer_named
from zoco.monitor.imports.models import ImportRun
from zoco.monitor.imports.services import days_held
from zoco.monitor.imports.sums import REASONS

MEASURES = {
    "page_views": gettext_lazy("Page views"),
    "visits": gettext_lazy("Sessions"),
    "visitors": gettext_lazy("Visitors, each day's counted anew"),
    "bounces": gettext_lazy("Bounces, as that program counts them"),
    "seconds": pgettext_lazy("import", "Time on the site"),
    "events": gettext_lazy("Events"),
}
NOTES = {
    "matomo_actions": gettext_lazy(
        "The export has no page views; Matomo's actions stand for them, in which downloads and outgoing "
        "links are counted too."
    ),
}


def unread(run: ImportRun) -> dict[str, Any] | None:
    """Say of a file that could not be read which one is wanted; None for every other import."""
    if run.state != ImportRun.State.FAILED or run.days:
        return None
    importer = importer_named(run.kind)
    words = _(
        "%(file)s could not be read as an export of %(program)s; nothing was imported. Choose the program "
        "that it is from, or export it again. This is the file that is wanted:"
    ) % {"file": run.name, "program": importer.label}
    return {"words": words, "help": importer.help}


def preview(run: ImportRun) -> dict[str, Any]:
    """Return what a page says of what was read."""
    return {
        "label": importer_named(run.kind).label,
        "span": formats.span(run.first_on, run.last_on) if run.first_on and run.last_on else "",
        "days": formats.count(run.days),
        "days_in": formats.count(run.days_in),
        "figures": figures(run),
        "refused": refused(run),
        "refused_count": sum(run.refused.values()),
        "notes": [NOTES[key] for key in run.notes if key in NOTES],
        **(_overlaps(run) if run.state == ImportRun.State.READY else {}),
    }


def figures(run: ImportRun) -> list[tuple[str, str]]:
    """Return the totals, a label and a figure each."""
    return [
        (
            str(label),
            formats.length(float(run.totals[name]))
            if name == "seconds"
            else formats.count(round(float(run.totals[name]))),
        )
        for name, label in MEASURES.items()
        if name in run.totals
    ]


def refused(run: ImportRun) -> list[tuple[str, str]]:
    """Return the reasons for which rows were refused, with how many."""
    found = sorted(run.refused.items(), key=lambda each: (-each[1], each[0]))
    return [(str(REASONS.get(reason, reason)), formats.count(count)) for reason, count in found]


def _overlaps(run: ImportRun) -> dict[str, str]:
    """Say how many days are left out or covered, by other imports and by our own facts."""
    if run.first_on is None or run.last_on is None:
        return {}
    held = sum(1 for day in days_held(run) if run.first_on <= day <= run.last_on)
    own = _own_days(run)
    others = ngettext(
        "%(days)s day is in another import already and is left out.",
        "%(days)s days are in other imports already and are left out.",
        held,
    )
    ours = ngettext(
        "On %(days)s day the site has page views of its own; those count, not the import's.",
        "On %(days)s days the site has page views of its own; those count, not the import's.",
        own,
    )
    return {
        "others": others % {"days": formats.count(held)} if held else "",
        "ours": ours % {"days": formats.count(own)} if own else "",
    }


def _own_days(run: ImportRun) -> int:
    site = next((each for each in sitebook.sites() if each.id == run.site_id), None)
    if site is None or run.first_on is None or run.last_on is None:
        return 0
    first = max(run.first_on, datetime.fromordinal(run.last_on.toordinal() - DAYS_MOST + 1).date())
    report = report_named("traffic")
    question = Question(site, Period(first, run.last_on, site.zone), compare="none")
    answer = ask(report, question, now=datetime.now(UTC))
    return sum(1 for row in answer.rows if row.values.get("page_views") and not row.is_imported)


def plain_words(run: ImportRun) -> list[str]:
    """Return what a terminal says."""
    lines = [f"Import {run.pk}: {run.kind}, {run.name}, {run.first_on} to {run.last_on}, {run.days} days."]
    lines += [f"  {name}: {amount.removesuffix('.0000')}" for name, amount in run.totals.items()]
    lines += [f"  refused, {REASONS.get(reason, reason)}: {count}" for reason, count in run.refused.items()]
    lines += [f"  {NOTES[key]}" for key in run.notes]
    if run.state == ImportRun.State.DONE:
        lines.append(f"{run.days_in} days are in." + _left_out(run))
    elif run.state == ImportRun.State.REPEATED:
        lines.append("All of it is in already; nothing changed.")
    return lines


def _left_out(run: ImportRun) -> str:
    return f" {run.days - run.days_in} are in other imports already." if run.days > run.days_in else ""


def progress(run: ImportRun) -> str:
    """Say how far it is."""
    if run.state == ImportRun.State.UPLOADING:
        share = run.received / run.size if run.size else 0
        return _("%(share)s uploaded") % {"share": formats.percent(share, 0)}
    if run.total and run.state == ImportRun.State.READING:
        return _("%(share)s read") % {"share": formats.percent(run.done / run.total, 0)}
    return ""
