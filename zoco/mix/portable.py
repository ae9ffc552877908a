"""Tests of channels as they go along when a site moves; fits are made anew there."""

from zoco.moving.parts import PARTS, Part

PARTS.add(
    Part(
        "tests of channels",
        "zoco_mix.ChannelTest",
        ("channel", "goal", "is_revenue", "first_on", "last_on", "change", "effect", "error", "note"),
        ("channel", "goal", "is_revenue", "first_on", "last_on"),
    )
)
