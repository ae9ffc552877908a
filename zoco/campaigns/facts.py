"""What is written into the ledger: a link that was followed is an event of the site's own.

So it can be a goal, stands among the events, and belongs to the visit that follows it.
"""

from zoco.ledger.asking.goals import EVENT_SENT as EVENT_SENT

FOLLOWED = "link followed"
LINK_PROP = "link"
