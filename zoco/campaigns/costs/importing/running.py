"""Imports of costs in the background: uploaded, read, tried out, written. Each step can be stopped."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from zoco.campaigns.costs.importing import steps
from zoco.campaigns.costs.importing.formats import load_formats
from zoco.campaigns.costs.importing.formats.base import FORMATS, CostFormat, currency_of, format_of
from zoco.campaigns.costs.importing.made import Options
from zoco.campaigns.costs.importing.mapping import days_told
from zoco.campaigns.costs.importing.reading import read_into, written
from zoco.campaigns.costs.models import CostImport
from zoco.campaigns.models import Campaign
from zoco.kit import conf, noting
from zoco.kit.runs import Tell
from zoco.people.importing.files.numbers import Sign, sign_guessed
from zoco.people.importing.uploaded import ROWS, rows_forget, upload_check, upload_forget, upload_read
from zoco.sites.stepped import Stepped

IMPORT_BYTES = conf.declare(
    "COST_IMPORT_BYTES", 256 << 20, int, "The largest file of costs that may be uploaded, in bytes."
)
State, Step = CostImport.State, CostImport.Step


def _enqueue(key: int) -> None:
    from zoco.campaigns.tasks import costs_import

    costs_import.enqueue(run=key)


RUNS = Stepped(
    model=CostImport,
    held_in="cost-imports",
    enqueue=_enqueue,
    begins={
        Step.READ: [State.UPLOADING],
        Step.PLAN: [State.READ, State.PLANNED],
        Step.WRITE: [State.PLANNED],
    },
)


def import_begin(*, site: int, name: str, size: int, by: User | None, at: datetime) -> CostImport:
    """Note an import whose file is to come. Raises ImportWrong."""
    words = _("%(file)s has %(size)s MB; a file of costs has between 1 byte and %(most)s MB.")
    upload_check(kind="costs", name=name, size=size, most=IMPORT_BYTES(), words=words)
    return RUNS.made(
        name=name, fallback="costs.csv", site_id=site, size=size, created_by=by, created_at=at, told_at=at
    )


def step_begin(*, run: CostImport, step: str) -> bool:
    """Have a step done in the background; returns whether it begins."""
    fresh: dict[str, object] = {}
    if step == Step.PLAN:
        fresh = {"plan": {}, "counts": {}, "place": 0, "total": run.found.get("rows", run.total)}
    elif step == Step.WRITE:
        fresh = {"counts": {}, "place": 0, "total": run.found.get("sums", 0)}
    return RUNS.step_begin(run, step, **fresh)


def plan_begin(*, run: CostImport, kind: str, mapping: Mapping[str, str], options: Options) -> bool:
    """Have it tried out what would come of the rows; returns whether it begins."""
    run.kind, run.mapping, run.options = kind, dict(mapping), asdict(options)
    CostImport.objects.filter(pk=run.pk, state__in=[State.READ, State.PLANNED]).update(
        kind=run.kind, mapping=run.mapping, options=run.options
    )
    return step_begin(run=run, step=Step.PLAN)


def go_on(*, run: CostImport) -> bool:
    """Go on with what was stopped or failed, where it ended; only what was tried out begins anew."""
    if run.state not in (State.STOPPED, State.FAILED):
        return False
    if run.step != Step.WRITE:
        return step_begin(run=run, step=run.step)
    return RUNS.step_begin(run, run.step, done=run.done)


def through(*, key: int) -> CostImport | None:
    """Do the step that was asked for; one that was cut off goes on. What went wrong stands in the import."""
    return RUNS.step_through(key, _work)


def _work(run: CostImport, scratch: Path, tell: Tell) -> str:
    folder = RUNS.folder_of(run)
    match run.step:
        case Step.READ:
            _read(run, folder, scratch, tell)
            return State.READ
        case Step.PLAN:
            steps.plan(run, folder, scratch, tell)
            return State.PLANNED
    steps.write(run, folder, tell)
    _over(run)
    return State.DONE


def _read(run: CostImport, folder: Path, scratch: Path, tell: Tell) -> None:
    upload_read(run, folder, scratch, tell, reads=read_into, written=written)
    keys = [each["key"] for each in run.columns]
    known = format_of(keys)
    run.kind, run.mapping = known.key, known.mapped(keys)
    run.found = {"rows": run.total}
    run.options = asdict(options_guessed(run, known))
    upload_forget(folder)


def options_guessed(run: CostImport, known: CostFormat) -> Options:
    """Return what most likely holds for all rows of a file."""
    amounts = [each for each in run.columns if run.mapping.get(each["key"]) == "amount"]
    days = [each for each in run.columns if run.mapping.get(each["key"]) == "on"]
    parted = {each.get("delimiter", "") for each in run.forms}
    decimal: Sign = sign_guessed([each | {"kind": "number"} for each in amounts], parted)
    currency = next((code for each in amounts if (code := currency_of(each["key"]))), run.site.currency)
    told = days_told([text for each in days for text in each["samples"]])
    return Options(
        source=known.source,
        medium=known.medium,
        currency=currency,
        decimal=decimal,
        days="mdy" if (told or known.days) == "mdy" else "dmy",
    )


def format_named(key: str) -> CostFormat:
    """Return a format; the generic one for a key that is not there any more."""
    load_formats()
    return FORMATS.get(key if key in FORMATS else "generic")


def _over(run: CostImport) -> None:
    """Forget the rows once they are costs, and let the log of changes say what came of them."""
    rows_forget(run, RUNS.folder_of(run), ROWS, steps.SUMS)
    voided = [each for each in ("absent", "typed") if run.counts.get(each)]
    if not any(run.counts.get(each) for each in ("new", "changed", *voided)):
        return
    codes = Campaign.objects.filter(costs__run=run).order_by("code").distinct()
    name = ", ".join(codes.values_list("code", flat=True)[:20])
    told = {each: [None, run.counts.get(each, 0)] for each in ("new", "changed", "same", *voided)}
    noting.note(action="changed", kind="zoco_campaigns.cost", name=name, details=told, by=run.created_by)
