"""Tags of links: utm_source and its sisters, put on an address, and what is wrong with them.

Two spellings of one thing part its figures in every report, so that is what is looked for.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

TAGS = ("source", "medium", "campaign", "content", "term")
NEEDED = ("source", "medium", "campaign")
# Share of letters in common, as difflib counts it: "facebok" and "facebook" have 0.93, "cpc" and "cpm" 0.67.
ALIKE = 0.85
COMPARED_MOST = 300
_BETWEEN = re.compile(r"[\s_.+-]+")
_DIGITS = re.compile(r"\d+")

Fault = Literal["missing", "unlisted", "misspelt", "doubled", "capitals", "spaces", "replaced", "personal"]


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing wrong with a tag; `instead` is what was probably meant, where that is known."""

    fault: Fault
    tag: str
    value: str
    instead: str = ""


def tagged(address: str, tags: Mapping[str, str]) -> str:
    """Return an address with these tags in place of those that it has; empty ones are left out."""
    scheme, host, path, query, fragment = urlsplit(address)
    kept = [part for part in query.split("&") if part and _tag_of(part) not in TAGS]
    new = [f"utm_{name}={quote(tags[name], safe='')}" for name in TAGS if tags.get(name)]
    return urlunsplit((scheme, host, path or "/", "&".join([*kept, *new]), fragment))


def tags_in(address: str) -> dict[str, str]:
    """Return the tags that an address has already."""
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    found = ((name.removeprefix("utm_"), value) for name, value in pairs if name.startswith("utm_"))
    return {name: value for name, value in found if name in TAGS}


def _tag_of(part: str) -> str:
    name = part.partition("=")[0]
    return name.removeprefix("utm_") if name.startswith("utm_") else ""


def plain(value: str) -> str:
    """Return a value without what people write differently: capitals, and what stands between words."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", value).casefold())


def alike(value: str, known: Iterable[str]) -> str:
    """Return the known value that this one is probably a misspelling of, "" for none.

    Different numbers make different names: spring24 is no misspelling of spring25.
    """
    wanted, numbers = plain(value), _DIGITS.findall(value)
    others = {
        plain(each): each
        for each in known
        if plain(each) != wanted and _DIGITS.findall(each) == numbers and abs(len(each) - len(value)) <= 3
    }
    found = difflib.get_close_matches(wanted, others, n=1, cutoff=ALIKE) if len(wanted) > 3 else []
    return others[found[0]] if found else ""


def warned(
    tags: Mapping[str, str],
    *,
    listed: Mapping[str, Sequence[str]],
    seen: Mapping[str, Sequence[str]],
    before: Mapping[str, str] | None = None,
) -> list[Warned]:
    """Return what is wrong with tags, in the order in which a person should look at it.

    `listed` are the values that the site's vocabulary allows, `seen` those that visits bore, the most
    frequent first; `before` are tags that the address had and that these take the place of.
    """
    found = [Warned("missing", name, "") for name in NEEDED if not tags.get(name)]
    for name in TAGS:
        if value := tags.get(name, ""):
            found += _of_one(name, value, listed.get(name, ()), seen.get(name, ()))
    replaced = before or {}
    found += [
        Warned("replaced", name, value, tags.get(name, ""))
        for name, value in replaced.items()
        if value != tags.get(name, "")
    ]
    return found


def _of_one(name: str, value: str, listed: Sequence[str], seen: Sequence[str]) -> list[Warned]:
    if "@" in value:
        return [Warned("personal", name, value)]
    if value in listed:
        return []
    known = [*listed, *seen]
    same = next((each for each in known if each != value and plain(each) == plain(value)), "")
    if same and (same in listed or value not in seen):
        return [Warned("doubled", name, value, same)]
    near = "" if value in seen and not listed else alike(value, listed or seen)
    if near:
        return [Warned("misspelt", name, value, near)]
    found = [Warned("unlisted", name, value)] if listed else []
    if value != value.lower():
        found.append(Warned("capitals", name, value, value.lower()))
    if re.search(r"\s", value):
        found.append(Warned("spaces", name, value, re.sub(r"\s+", "-", value.strip())))
    return found


def spellings(seen: Sequence[str], listed: Sequence[str]) -> list[Warned]:
    """Return which of the values that visits bore are probably another one, written differently.

    `seen` come most frequent first; of two spellings the listed one is right, else the more frequent.
    Only the first 300 are compared by their letters.
    """
    found = []
    right: dict[str, str] = {plain(value): value for value in reversed(listed)}
    for value in seen:
        first = right.setdefault(plain(value), value)
        if first != value:
            found.append(Warned("doubled", "", value, first))
    kept = list(right.values())[: COMPARED_MOST + len(listed)]
    for place, value in enumerate(kept):
        if value not in listed and (near := alike(value, kept[:place])):
            found.append(Warned("misspelt", "", value, near))
    return found
