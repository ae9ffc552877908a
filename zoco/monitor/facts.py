"""Names of the facts that reports here are about; the collector writes them."""

PAGE_VIEWED = "web.page.viewed"
PAGE_SERVED = "web.page.served"
ASSET_SERVED = "web.asset.served"
REDIRECT_SERVED = "web.redirect.served"
ERROR_SERVED = "web.error.served"
CALL_SERVED = "web.call.served"
SERVED = (PAGE_SERVED, ASSET_SERVED, REDIRECT_SERVED, ERROR_SERVED, CALL_SERVED)

PAGE_ENGAGED = "web.page.engaged"
EVENT_SENT = "web.event.sent"
REFUSED = "collector.fact.refused"
