"""Measures, dimensions and sentences that several reports share: a word means one thing everywhere."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zoco.ledger.pictures.visitors import of_days as of_days
from zoco.ledger.report import Dimension, Measure

BUCKET = Dimension("bucket", _("Time"), "bucket")

LOWER = _("(p + z²/2n − z √(p (1 − p)/n + z²/4n²)) ÷ (1 + z²/n): p is the share of n, z = 1.96")
UPPER = _("(p + z²/2n + z √(p (1 − p)/n + z²/4n²)) ÷ (1 + z²/n): p is the share of n, z = 1.96")
SCORE = _(
    "Figures without bounds are full counts: nothing was drawn from more. The bounds are the score interval "
    "of Wilson for a share: were the same to come again and again, such intervals would hold the true share "
    "about 95 times of 100, if those counted are independent of each other."
)
VISITORS = Measure("visitors", _("Visitors"), formula=_("number of distinct visitors"))
SESSIONS = Measure("sessions", _("Sessions"), formula=_("number of distinct visits"))
PAGE_VIEWS = Measure("page_views", _("Page views"), adds_up=True, formula=_("number of page views"))
BOUNCE = Measure(
    "bounce", _("Bounce"), "percent", formula=_("visits with exactly one page view ÷ all visits")
)
VIEWS_PER_SESSION = Measure(
    "views_per_session", _("Page views per session"), "points", formula=_("page views in visits ÷ visits")
)
DURATION = Measure(
    "duration",
    _("Visit duration"),
    "seconds",
    formula=_("sum of times from the first page view of a visit to its last ÷ visits"),
)
ENGAGED = Measure(
    "engaged",
    _("Engagement"),
    "seconds",
    lack=_("only the tracker measures it"),
    formula=_("sum of times in which pages were visible and in focus ÷ visits"),
)
CONVERSIONS = Measure(
    "conversions",
    _("Conversions"),
    adds_up=True,
    may_lack=True,
    tells_of_few=True,
    formula=_("number of facts that reach a goal of the definition of conversions"),
)
REVENUE = Measure(
    "revenue",
    _("Revenue"),
    "money",
    adds_up=True,
    tells_of_few=True,
    formula=_("sum of what facts brought, in the site's currency"),
)
RATE = Measure(
    "rate",
    _("Conversion rate"),
    "percent",
    may_lack=True,
    tells_of_few=True,
    formula=_("visitors who converted in these visits ÷ visitors of these visits"),
)
RATE_LOW = Measure("rate_low", _("95% from"), "percent", may_lack=True, tells_of_few=True, formula=LOWER)
RATE_HIGH = Measure("rate_high", _("95% to"), "percent", may_lack=True, tells_of_few=True, formula=UPPER)
SEARCHES = Measure("searches", _("Searches"), adds_up=True, formula=_("number of searches"))
REQUESTS = Measure("requests", _("Requests"), adds_up=True, formula=_("number of requests"))

BY_VISIT = (VISITORS, SESSIONS, PAGE_VIEWS, BOUNCE)
BY_TOUCH = (*BY_VISIT, CONVERSIONS, RATE, RATE_LOW, RATE_HIGH, REVENUE)
WILSON = "Wilson (1927), J. Amer. Stat. Assoc. 22, 209–212; Brown, Cai, DasGupta (2001), Stat. Sci. 16, eq. 4"
SEEN = (VISITORS, PAGE_VIEWS)
SEEN_DEFINITION = of_days(
    _(
        "Visitors are distinct visitors with at least one page view, page views are all of theirs. Only "
        "page views that fit the filters count."
    )
)
PLACED_DEFINITION = of_days(
    _(
        "Visitors are distinct visitors with at least one page view, page views are all of theirs. Places "
        "come from a file of places that the operator sets (ZOCO_PLACES); visits of which the place is not "
        "known are left out."
    )
)
TOUCH_DEFINITION = of_days(
    _(
        "A session keeps the source it began with. Visitors are distinct visitors with at least one page "
        "view, sessions are visits with no gap over 30 minutes, bounce is the share of sessions with exactly "
        "one page view. A visitor who came from two sources counts for both. Conversions are facts of these "
        "visits that reach a goal of the site's definition of conversions, each once; the conversion rate is "
        "the share of visitors who have one; with 95% confidence the true rate lies between the two bounds, "
        "if visitors decide independently of each other. Revenue is what facts of these visits brought in "
        "the site's currency, less refunds. Under a filter by a goal, conversions and their rate are of that "
        "goal, and the other figures stay those of all visits."
    )
)
