"""The lists of Wagtail's that marketers keep, and what is done in each; their addresses are in the table."""

KEPT = (
    "zoco_goals",
    "zoco_funnels",
    "zoco_alarms",
    "zoco_segments",
    "zoco_source_rules",
    "zoco_source_networks",
    "zoco_exclusions",
    "zoco_campaigns",
    "zoco_short_links",
    "zoco_words",
    "zoco_annotations",
    "zoco_export_plans",
    "zoco_people_attributes",
)
VERBS = ("add", "edit", "delete", "history", "history_results", "usage")
