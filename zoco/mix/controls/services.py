"""Controls are written down: days that are there already are put right, so that a file may come twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from zoco.kit.said import Said
from zoco.mix.models import Control, ControlDay
from zoco.sites.models import Site

CONTROLS_MOST = 30


class TooManyControls(Said, ValueError):
    """A site has as many controls as it may."""


@dataclass(frozen=True, slots=True)
class Put:
    """What became of the days of one control."""

    name: str
    new: int
    changed: int
    same: int


@transaction.atomic
def controls_put(
    *, site: int, columns: Mapping[str, Mapping[date, float]], by: int | None, at: datetime
) -> list[Put]:
    """Write days of controls, known by their names in whatever letters; days not named stay as they are.

    Raises TooManyControls.
    """
    Site.objects.select_for_update().get(pk=site)  # one table at a time: of two none knows what is new
    known = {each.name.casefold(): each for each in Control.objects.filter(site=site)}
    more = [name for name in columns if name.casefold() not in known]
    if len(known) + len(more) > CONTROLS_MOST:
        raise TooManyControls(
            gettext_noop("Controls of a site: %(most)s at most; delete some first."), most=CONTROLS_MOST
        )
    found = []
    for name, days in columns.items():
        control = known.get(name.casefold())
        if control is None:
            control = Control.objects.create(site_id=site, name=name, created_by_id=by)
        found.append(_days_put(control, days))
        Control.objects.filter(pk=control.pk).update(changed_at=at)
    return found


def _days_put(control: Control, days: Mapping[date, float]) -> Put:
    there = dict(ControlDay.objects.filter(control=control).values_list("on", "value"))
    wanted = [
        ControlDay(control=control, on=on, value=value)
        for on, value in days.items()
        if there.get(on) != value
    ]
    ControlDay.objects.bulk_create(
        wanted,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["control", "on"],
        update_fields=["value"],
    )
    changed = sum(each.on in there for each in wanted)
    return Put(control.name, len(wanted) - changed, changed, len(days) - len(wanted))
