"""Tests of channels and controls as they go along when a site moves; fits are made anew there."""

from zoco.moving.parts import PARTS, Part

PARTS.add(
    Part(
        "tests of channels",
        "zoco_mix.ChannelTest",
        (
            "channel",
            "goal",
            "is_revenue",
            "first_on",
            "last_on",
            "change",
            "effect",
            "error",
            "note",
            "goals",
        ),
        ("channel", "goal", "is_revenue", "first_on", "last_on"),
        shapes={"goals": list[str] | None},
    )
)
PARTS.add(Part("controls of the media mix", "zoco_mix.Control", ("name",), ("name",)))
PARTS.add(
    Part(
        "days of controls",
        "zoco_mix.ControlDay",
        ("control", "on", "value"),
        ("control", "on"),
        6,
        "control__site",
        (("control", "name"),),
    )
)
