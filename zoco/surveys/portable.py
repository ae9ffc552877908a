"""Surveys as they go along when a site moves: what they ask. Answers stay where they were given."""

from zoco.moving.parts import PARTS, Part
from zoco.surveys.designs import Question

PARTS.add(
    Part("surveys", "zoco_surveys.Survey", ("key", "name", "questions", "texts"), ("key",),
         shapes={"questions": list[Question], "texts": dict[str, dict[str, str]]})
)  # fmt: skip
