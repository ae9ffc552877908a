"""Campaigns, costs, links and words as they go along when a site moves."""

from zoco.moving.parts import PARTS, Part

_PARTS = (
    Part("campaigns", "zoco_campaigns.Campaign",
         ("name", "code", "goal", "budget", "starts_on", "ends_on", "note"), ("code",), 2),
    Part("costs", "zoco_campaigns.Cost", ("campaign", "on", "source", "amount", "currency", "is_imported"),
         ("campaign", "on", "source", "currency"), path="campaign__site", refers=(("campaign", "code"),),
         most=400_000),
    Part("short links", "zoco_campaigns.Link",
         ("slug", "target", "campaign", "source", "medium", "code", "content", "term", "is_open"),
         ("slug",), refers=(("campaign", "code"),)),
    Part("words", "zoco_campaigns.Word", ("tag", "value", "meaning"), ("tag", "value")),
)  # fmt: skip
for _part in _PARTS:
    PARTS.add(_part)
