"""The step search: what was searched for on the site itself, as a page's address says it."""

from urllib.parse import parse_qsl

from zoco.collector.event import Event
from zoco.kit.masks import masked, plain_text

PROP = "search"
LONGEST = 200
PARAMETERS_MOST = 200
PAGES = frozenset(("web.page.viewed", "web.page.served"))


def term_of(query: str, names: tuple[str, ...]) -> str:
    """Return the term of the first of these parameters that has one, in lower case; "" for none."""
    if "=" not in query or not names:
        return ""
    wanted = {name.lower() for name in names}
    for name, value in parse_qsl(query, encoding="utf-8", errors="replace")[:PARAMETERS_MOST]:
        if name.lower() in wanted and (term := plain_text(value)):
            return masked(term).lower()[:LONGEST]
    return ""


def searched(term: str) -> dict[str, str]:
    """Return the properties that a term gives."""
    return {PROP: term} if term else {}


def step(event: Event) -> Event:
    """Keep the term of a page view; a property of this name that was sent wins."""
    fact = event.fact
    if fact.name in PAGES and event.query:
        fact.props = searched(term_of(event.query, event.site.search_parameters)) | fact.props
    return event
