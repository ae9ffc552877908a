"""An event on its way through the steps: what came in, and the fact that it becomes."""

from dataclasses import dataclass, field

from zoco.ledger.schema import Fact
from zoco.sites.published import PublishedSite


@dataclass(slots=True, kw_only=True)
class Event:
    """One request, from the tracker or from a log. Steps read the raw values and fill `fact`.

    `address` never reaches the fact. `target` is the request's target with its query, `query` is
    set by the step `target`. `user_agent` is None where the log does not say it. `hints` are client
    hints, names in lower case. `mark` is that of the site's own people, where the browser sends one.
    """

    site: PublishedSite
    fact: Fact
    address: str = ""
    user_agent: str | None = ""
    hints: dict[str, str] = field(default_factory=dict)
    host: str = ""
    method: str = "GET"
    target: str = ""
    status: int = 0
    referrer: str = ""
    query: str = ""
    salt: bytes = b""
    salt_before: bytes = b""
    any_host: bool = False
    mark: str = ""
