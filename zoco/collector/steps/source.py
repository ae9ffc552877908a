"""The step source: the touchpoint, the referring host, and the referrer as evidence."""

from zoco.collector.event import Event
from zoco.sites.sources.origin import origin_of


def step(event: Event) -> Event:
    """Set them."""
    fact, site = event.fact, event.site
    found = origin_of(event.referrer, event.query, site.hostnames, site.sources)
    fact.referrer_host, touch, fact.referrer = found
    fact.source, fact.medium, fact.campaign = touch.source, touch.medium, touch.campaign
    fact.content, fact.term, fact.click_id, fact.channel = touch[3:]
    return event
