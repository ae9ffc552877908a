"""The owner's page "Health": what is wrong, what to do, and the figures that Prometheus is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.views.heads import head
from zoco.project import env
from zoco.project.health import checks, measures
from zoco.project.health.findings import Finding

MAY_SEE, MAY_ACT = "zoco_project.view_worker", "zoco_project.change_worker"
SHOWN = 50
LABELS = {
    "data_folder": gettext_lazy("Data folder"),
    "settings": gettext_lazy("Settings"),
    "disk": gettext_lazy("Disk"),
    "database": gettext_lazy("Database"),
    "sites": gettext_lazy("Sites"),
    "salts": gettext_lazy("Keys of the day"),
    "worker": gettext_lazy("Worker"),
    "tasks": gettext_lazy("Background work"),
    "ledger": gettext_lazy("Ledger"),
    "addresses": gettext_lazy("Addresses"),
    "places": gettext_lazy("Places"),
    "spool": gettext_lazy("Spool"),
    "destinations": gettext_lazy("Destinations"),
    "confirmations": gettext_lazy("Confirmations"),
    "exports": gettext_lazy("Exports"),
    "clock": gettext_lazy("Clock"),
}
STATES = {
    "ok": ("check", gettext_lazy("Good")),
    "warning": ("warning", gettext_lazy("Look at this")),
    "error": ("cross", gettext_lazy("Wrong")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as a person reads it."""

    check: str
    label: object
    icon: str
    state: object
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that was set aside."""

    name: str
    reason: str
    at: datetime | None


def line(finding: Finding) -> Line:
    """Return the finding with its words and its icon."""
    icon, state = STATES[finding.level]
    label = LABELS.get(finding.check, finding.check)
    return Line(finding.check, label, icon, state, finding.message, finding.mend)


@never_cache
@require_safe
@permission_required(MAY_SEE, raise_exception=True)
def health(request: HttpRequest) -> HttpResponse:
    """Show everything."""
    from zoco.project.models import Turn

    found = list(checks.findings())
    seen = measures.measure()
    return render(
        request,
        "zoco/project/health.html",
        {
            **head(_("Health"), "zoco-monitor"),
            "verdict": _verdict(found),
            "lines": [line(each) for each in sorted(found, key=_worst_first)],
            "figures": _figures(seen),
            "refused": _refused(seen.ledger.refused),
            "processes": [(each, _mb(each.memory), formats.decimal(each.cpu, 1)) for each in seen.processes],
            "subscribers": [(key, *map(formats.count, values)) for key, values in seen.subscribers.items()],
            "aside": _aside(),
            "failed": _failed(),
            "turns": Turn.objects.order_by("key"),
            "backups": measures.backups(env.data() / "backups")[:10],
            "may_act": request.user.has_perm(MAY_ACT),
            "version": version("zoco"),
        },
    )


def _worst_first(finding: Finding) -> int:
    return ("error", "warning", "ok").index(finding.level)


def _verdict(found: list[Finding]) -> str:
    levels = {finding.level for finding in found}
    if "error" in levels:
        return _("Something is wrong. The first rows say what, and what to do.")
    if "warning" in levels:
        return _("It works; something needs a look.")
    return _("All is well.")


def _figures(seen: measures.Measures) -> list[tuple[str, str]]:
    rows = [
        (_("Facts taken"), formats.count(seen.ledger.taken)),
        (_("Waiting in the spool"), _mb(seen.spool_bytes)),
        (_("Oldest waiting segment, seconds"), formats.count(seen.drain_lag)),
        (_("Outbox: not in the spool yet"), formats.count(seen.outbox_waiting)),
        (_("Tasks waiting"), formats.count(seen.tasks["ready"])),
        (_("Tasks running"), formats.count(seen.tasks["running"])),
        (_("Free disk space"), _mb(seen.disk_free)),
    ]
    return rows if seen.ledger.is_up else rows[1:]


def _refused(times: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Return each reason in words, its code and how often, the most frequent first."""
    ordered = sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(value_label("reason", "", code), code, formats.count(number)) for code, number in ordered]


def _mb(size: int) -> str:
    return _("%(size)s MB") % {"size": formats.decimal(size / 1e6, 1)}


def _aside() -> list[Aside]:
    from zoco.ledger.spool import SpoolFolder

    found = []
    for path in SpoolFolder(env.data() / "spool").aside()[-SHOWN:]:
        try:
            note: dict[str, Any] = json.loads(path.with_name(path.name + ".json").read_text())
            at = datetime.fromtimestamp(int(note.get("set_aside_at", 0)) / 1e6, UTC)
            found.append(Aside(path.name, str(note.get("reason", "")), at))
        except (OSError, ValueError):
            found.append(Aside(path.name, "", None))
    return found


def _failed() -> list[Any]:
    from django_tasks_db.models import DBTaskResult

    return list(DBTaskResult.objects.failed().order_by("-finished_at", "id")[:SHOWN])
