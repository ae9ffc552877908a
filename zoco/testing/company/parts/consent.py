"""What people answer to the consent banner, as it tells it: the choice with the proof of what was shown."""

from collections.abc import Iterator

import numpy as np

from zoco.testing.company.choices import GIVEN, WITHDRAWN
from zoco.testing.company.parts.web import befores, pages
from zoco.testing.company.plan import Banner, Plan
from zoco.testing.company.visits import Visits, known_ids, pseudonyms
from zoco.testing.company.ways import LANGUAGES
from zoco.testing.company.world import COMPANY_PARTS, Batch, Fragments, Part, World, fragment, fragments


@COMPANY_PARTS.plug
class Consents(Part):
    """Choices on the first page of a visit; whoever closes the page without one is asked again."""

    key = "web.consent"

    def facts(self, world: World, visits: Visits, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield the day's choices and count them."""
        visit = np.nonzero(visits.choice)[0]
        at, who = visits.chosen_at[visit], visits.who[visit]
        names, before = pseudonyms(world.plan, world.calendar, who, at)
        language = world.people.language[who]
        said = fragments([fragment(name=f"web.consent.{word}") + b"," for word in ("given", "withdrawn")])
        told = pages()[language, visits.view_page[visits.views_from[visit]]]
        rest = said[visits.choice[visit] - GIVEN] + befores(before) + world.browsers(visits)[visit] + b","
        self._count(world, visits)
        known = known_ids(world.plan, visits, visit, at)
        yield Batch(at, names, rest + told + b"," + _proofs(world.plan)[language], visit, known)

    def _count(self, world: World, visits: Visits) -> None:
        truth = world.truth.consent
        given, declined = visits.choice == GIVEN, visits.choice == WITHDRAWN
        truth.given += int(given.sum())
        truth.known += int(given.sum())
        truth.declined += int(declined.sum())
        truth.withdrawn += int((declined & (visits.turn_before > 0)).sum())
        days = world.calendar.day_of(visits.chosen_at)
        for day in np.unique(days).tolist():
            world.truth.days[day].given += int((given & (days == day)).sum())
            world.truth.days[day].declined += int((declined & (days == day)).sum())


def _proofs(plan: Plan) -> Fragments:
    """Return for each language what a choice says beside its page: purposes and proof."""
    shown = [plan.banners.get(language, Banner(language)) for language in LANGUAGES]
    return fragments([
        fragment(props={
            "purposes": ["statistics"],
            "proof": {
                name: said
                for name, said in (("text", banner.text), ("version", banner.version),
                                   ("language", banner.language))
                if said
            },
        })
        for banner in shown
    ])  # fmt: skip
