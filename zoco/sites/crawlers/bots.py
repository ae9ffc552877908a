"""Declared bots: what their user agents contain, their name, and what kind they are."""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from zoco.kit.lists import rows


class Kind(StrEnum):
    """What a bot comes for."""

    SEARCH = "search"
    AI_TRAINING = "ai_training"
    AI_SEARCH = "ai_search"
    AI_USER = "ai_user"
    TOOL = "tool"
    MONITOR = "monitor"
    FEED = "feed_reader"
    PREVIEW = "preview"
    ARCHIVE = "archive"
    LIBRARY = "library"
    HEADLESS = "headless"


class Bot(NamedTuple):
    """A bot as reports name it."""

    name: str
    kind: Kind


# What the user agent contains, in lower case, and the bot; the first that fits counts.
BOTS: tuple[tuple[str, Bot], ...] = tuple(
    (token, Bot(name, Kind(kind))) for kind, token, name in rows(Path(__file__).with_name("bots.tsv"), 3)
)
KINDS: dict[str, Kind] = {bot.name: bot.kind for _, bot in reversed(BOTS)}
