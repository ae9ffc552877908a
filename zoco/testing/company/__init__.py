"""The simulated company: a year of a small shop whose every truth is known.

`plan` says how much, `people` who comes when and because of what, `choices` what they say to the
consent banner, `visits` what they do on a day,
`parts` turn that into facts (each a plug), `building` writes them, `truth` keeps what is true.
All is drawn with numpy from one seed: the same plan gives the same bytes.
"""

from zoco.testing.company.building import Written, company_days, company_write
from zoco.testing.company.plan import Plan
from zoco.testing.company.truth import Truth
from zoco.testing.company.visits import Visits
from zoco.testing.company.world import COMPANY_PARTS, Batch, Part, World

__all__ = [
    "COMPANY_PARTS",
    "Batch",
    "Part",
    "Plan",
    "Truth",
    "Visits",
    "World",
    "Written",
    "company_days",
    "company_write",
]
