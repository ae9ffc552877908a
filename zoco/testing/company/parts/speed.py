"""How fast pages were in people's browsers: what the tracker sends when a page is left.

The distributions are declared here and nowhere measured: lognormal, by class of device, after what shops of
this size show. Safari takes no LCP, CLS and INP here, and Firefox no CLS, as their releases do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoco.testing.company.assortment import page_numbers
from zoco.testing.company.parts.web import befores, pages
from zoco.testing.company.people import DEVICES
from zoco.testing.company.plan import until_micros
from zoco.testing.company.visits import SECOND, Visits, known_ids, pseudonyms
from zoco.testing.company.world import COMPANY_PARTS, Batch, Fragments, Part, World, fragment, fragments

# Visits that are measured; all of them would make half as many facts again.
MEASURED = 0.15
# Pages on which something was pressed, which INP needs.
PRESSED = 0.6
# A product's large picture makes its page slower by so much.
HEAVIER = 1.3
# Nothing is painted sooner after the first byte, in milliseconds.
PAINTED = 40.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A lognormal distribution of a measure: its median on phones, its median elsewhere, its sigma."""

    phone: float
    other: float
    sigma: float

    def drawn(self, rng: np.random.Generator, is_phone: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Draw one value a page load."""
        median = np.where(is_phone, self.phone, self.other)
        found: NDArray[np.float64] = median * np.exp(self.sigma * rng.standard_normal(len(is_phone)))
        return found


# Milliseconds; CLS has no unit.
SPREADS = {
    "ttfb": Spread(380.0, 190.0, 0.6),
    "lcp": Spread(1_900.0, 1_150.0, 0.45),
    "inp": Spread(120.0, 45.0, 0.6),
    "cls": Spread(0.03, 0.02, 1.1),
}
_PHONES = np.array([row[0] == "phone" for row in DEVICES])
_IS_SAFARI = np.array(["Safari" in row[1] for row in DEVICES])
_HAS_CLS = np.array([not row[1].startswith("Firefox") for row in DEVICES]) & ~_IS_SAFARI


@COMPANY_PARTS.plug
class Speed(Part):
    """The vitals of each page load of some visits."""

    key = "web.vitals"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield them as pages are left: before the next one, or some seconds after the last."""
        view = np.nonzero((rng.random(len(visits)) < MEASURED)[visits.view_visit])[0]
        left = visits.view_at[view] + rng.integers(2 * SECOND, 20 * SECOND, len(view))
        following = np.append(visits.view_at, left[-1:] + SECOND)[view + 1]
        is_last = np.isin(view + 1, visits.views_from)
        at = np.where(is_last, left, np.minimum(left, following - SECOND // 20))
        is_in = at <= until_micros(world.plan)
        view, at = view[is_in], at[is_in]
        visit = visits.view_visit[view]
        who = visits.who[visit]
        names, before = pseudonyms(world.plan, world.calendar, who, at)
        told = pages()[world.people.language[who], visits.view_page[view]]
        name = fragment(name="web.vitals.measured") + b","
        rest = name + befores(before) + world.browsers(visits)[visit] + b"," + told + b","
        figures = _figures(world.people.device[who], visits.view_page[view], rng)
        known = known_ids(world.plan, visits, visit, at)
        yield Batch(at, names, rest + figures, visit, known)


def _figures(device: NDArray[np.int8], page: NDArray[np.int64], rng: np.random.Generator) -> Fragments:
    """Draw what the tracker says of each page load."""
    drawn = {name: spread.drawn(rng, _PHONES[device]) for name, spread in SPREADS.items()}
    at = page_numbers()
    is_product = (page >= at["product"]) & (page < at["basket"])
    drawn["lcp"] = np.maximum(np.where(is_product, HEAVIER, 1.0) * drawn["lcp"], drawn["ttfb"] + PAINTED)
    is_pressed = rng.random(len(device)) < PRESSED
    has = {
        "ttfb": np.ones(len(device), np.bool_),
        "lcp": ~_IS_SAFARI[device],
        "inp": ~_IS_SAFARI[device] & is_pressed,
        "cls": _HAS_CLS[device],
    }
    kept = {name: np.round(values, 4 if name == "cls" else 1).tolist() for name, values in drawn.items()}
    rows = ({name: kept[name][row] for name in kept if has[name][row]} for row in range(len(device)))
    return fragments([fragment(props=each) for each in rows])
