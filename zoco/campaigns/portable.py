"""Campaigns, costs, links and words as they go along when a site moves."""

from zoco.moving.parts import PARTS, Part

_PARTS = (
    Part("campaigns", "zoco_campaigns.Campaign",
         ("name", "code", "goal", "budget", "margin_percent", "roas_least", "cac_most", "starts_on",
          "ends_on", "note"), ("code",), 2),
    Part("costs", "zoco_campaigns.Cost",
         ("campaign", "on", "source", "medium", "creative", "account", "amount", "with_vat", "vat_percent",
          "impressions", "clicks", "currency", "is_imported"),
         ("campaign", "on", "source", "medium", "creative", "account", "currency"), path="campaign__site",
         refers=(("campaign", "code"),), most=400_000),
    Part("exchange rates", "zoco_campaigns.Rate", ("currency", "on", "rate"), ("currency", "on")),
    Part("plans", "zoco_campaigns.Plan",
         ("campaign", "starts_on", "ends_on", "budget", "conversions", "revenue"), ("campaign", "starts_on"),
         path="campaign__site", refers=(("campaign", "code"),)),
    Part("short links", "zoco_campaigns.Link",
         ("slug", "target", "campaign", "source", "medium", "code", "content", "term", "is_open"),
         ("slug",), refers=(("campaign", "code"),)),
    Part("words", "zoco_campaigns.Word", ("tag", "value", "meaning"), ("tag", "value")),
)  # fmt: skip
for _part in _PARTS:
    PARTS.add(_part)
