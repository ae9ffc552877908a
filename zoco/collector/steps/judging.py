"""The verdict on a request: by its user agent and hints, whether a crawler comes from its own addresses, who
is of the site's own people, then by who is said to have linked. What is done afterwards is judged by
`collector.behaviour`.
"""

from zoco.collector.event import Event
from zoco.collector.lists.ranges import FORGED, SINCE, is_own
from zoco.collector.lists.spam import spammer_of
from zoco.collector.steps.blocking import staff_of
from zoco.collector.steps.hints import judge_browser
from zoco.collector.steps.verdict import Judgement
from zoco.kit.hosts import plain_host
from zoco.sites.blocking.lists import guard_of
from zoco.sites.sources.origin import origin_of


def checked(judged: Judgement, address: str) -> Judgement:
    """Return the verdict on a crawler when its address is known: a bot that borrows another's name."""
    if judged.verdict not in ("bot", "ai") or is_own(judged.reason, address):
        return judged
    return Judgement("bot", judged.reason + FORGED)


def spam_of(referrer_host: str) -> Judgement | None:
    """Return the verdict on who is sent by a host of the list; None for everybody else."""
    spammer = spammer_of(plain_host(referrer_host).removeprefix("www."))
    return Judgement("spam", spammer) if spammer else None


def step(event: Event) -> Event:
    """Set verdict and reason."""
    judged = judge_browser(event.user_agent, event.hints)
    if event.fact.occurred_at >= SINCE:
        judged = checked(judged, event.address)
    if judged.verdict == "human":
        guard = guard_of(event.site.left_out)
        judged = staff_of(guard, event.address, event.mark, event.site.staff_mark) or judged
    if judged.verdict == "human" and event.referrer:
        host = origin_of(event.referrer, "", event.site.hostnames, event.site.sources).referrer_host
        judged = spam_of(host) or judged
    event.fact.verdict, event.fact.reason = judged
    return event
