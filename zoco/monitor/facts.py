"""Names of the facts that reports here are about; the collector writes them."""

from zoco.ledger.asking.goals import EVENT_SENT as EVENT_SENT
from zoco.ledger.asking.goals import PAGE_ENGAGED as PAGE_ENGAGED

PAGE_VIEWED = "web.page.viewed"
PAGE_SERVED = "web.page.served"
ASSET_SERVED = "web.asset.served"
REDIRECT_SERVED = "web.redirect.served"
ERROR_SERVED = "web.error.served"
CALL_SERVED = "web.call.served"
SERVED = (PAGE_SERVED, ASSET_SERVED, REDIRECT_SERVED, ERROR_SERVED, CALL_SERVED)

# What the tracker sends of a page that is not there.
ERROR_VIEWED = "web.error.viewed"
VITALS_MEASURED = "web.vitals.measured"
CONSENT_GIVEN = "web.consent.given"
CONSENT_WITHDRAWN = "web.consent.withdrawn"

REFUSED = "collector.fact.refused"
