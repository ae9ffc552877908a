"""The row of the ledger, the only definition of it: struct, Arrow schema and columns of every store.

No column is nullable: "" and 0 mean "none" (`union` and grouping differ between engines on nulls).
To add a column: add a field with a default at the end, give it `since=VERSION + 1`, raise VERSION.
Stores add what they miss when they open; older segments are read with the default. Version 3 added no
column but the tables of who is joined to whom (`store.joins`), which an older program would not fill.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

VERSION = 3

Kind = Literal["uuid", "int", "small", "text", "moment", "money", "json"]
Part = Literal["facts", "evidence"]
Origin = Literal["tracker", "server", "log", "import", "simulated"]
Verdict = Literal["human", "bot", "ai", "headless", "spam", "staff", "server"]
ORIGINS: tuple[Origin, ...] = ("tracker", "server", "log", "import", "simulated")
VERDICTS: tuple[Verdict, ...] = ("human", "bot", "ai", "headless", "spam", "staff", "server")


def _column(kind: Kind, description: str, *, part: Part = "facts", few: bool = False, since: int = 1) -> Meta:
    """Describe a column; `few` says that it has few distinct values (a dictionary pays)."""
    return Meta(description=description, extra={"kind": kind, "part": part, "few": few, "since": since})


class Fact(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One fact as it is written to the spool: a line of JSON, defaults left out.

    Moments are UTC microseconds. `site`, `id`, `name`, `origin` and `occurred_at` are always there.
    """

    id: Annotated[str, _column("uuid", "UUIDv7 of a live fact, UUIDv8 of an imported one, canonical text.")]
    site: Annotated[int, _column("small", "Key of the site.")]
    name: Annotated[str, _column("text", "Past-tense dotted name: web.page.viewed.", few=True)]
    origin: Annotated[
        str, _column("text", "Where it came from: tracker, server, log, import, simulated.", few=True)
    ]
    occurred_at: Annotated[
        int, _column("moment", "When it happened: our clock less the age that the sender states.")
    ]
    received_at: Annotated[int, _column("moment", "When we wrote it down.")] = 0
    row_version: Annotated[int, _column("small", "Raised whenever derived columns are worked out again.")] = 0
    origin_key: Annotated[str, _column("text", "Which import, tracker or service wrote it.", few=True)] = ""
    visitor: Annotated[int, _column("int", "63-bit pseudonym of one browser on one site; 0 for none.")] = 0
    visitor_before: Annotated[
        int, _column("int", "The pseudonym under yesterday's salt, in a day's first 30 minutes.")
    ] = 0
    session: Annotated[
        int, _column("int", "Set by settling, 63 bits; 0 before that or without a visitor.")
    ] = 0
    person: Annotated[
        int, _column("int", "The person as known when the fact was written; never changed.")
    ] = 0
    verdict: Annotated[str, _column("text", "human, bot, ai, headless, spam, staff or server.", few=True)] = (
        "human"
    )
    reason: Annotated[str, _column("text", "Why this verdict: the bot's name or the rule.", few=True)] = ""
    host: Annotated[str, _column("text", "Host name that was visited.", few=True)] = ""
    path: Annotated[str, _column("text", "Path without query; addresses and tokens masked.")] = ""
    title: Annotated[str, _column("text", "Title of the page.")] = ""
    referrer_host: Annotated[str, _column("text", "Host that linked here.", few=True)] = ""
    source: Annotated[
        str, _column("text", "Source of the session: google, newsletter, a host.", few=True)
    ] = ""
    medium: Annotated[
        str, _column("text", "Medium of the session: organic, cpc, email, referral.", few=True)
    ] = ""
    campaign: Annotated[str, _column("text", "Code of the campaign.", few=True)] = ""
    content: Annotated[str, _column("text", "Which creative or link.", few=True)] = ""
    term: Annotated[str, _column("text", "Keyword that was paid for.", few=True)] = ""
    click_id: Annotated[
        str, _column("text", "Kind of click id seen: gclid, fbclid …; never its value.", few=True)
    ] = ""
    channel: Annotated[
        str, _column("text", "Source channel: organic_search, direct, ai_assistant …", few=True)
    ] = ""
    landing: Annotated[str, _column("text", "Path of the session's first page.")] = ""
    device: Annotated[str, _column("text", "desktop, phone, tablet, tv, bot or empty.", few=True)] = ""
    browser: Annotated[str, _column("text", "Family of the browser.", few=True)] = ""
    browser_version: Annotated[str, _column("text", "Its major version.", few=True)] = ""
    os: Annotated[str, _column("text", "Operating system.", few=True)] = ""
    os_version: Annotated[str, _column("text", "Its version.", few=True)] = ""
    country: Annotated[str, _column("text", "ISO 3166-1 alpha-2.", few=True)] = ""
    region: Annotated[str, _column("text", "ISO 3166-2 without the country, if known.", few=True)] = ""
    city: Annotated[str, _column("text", "Name of the city, if known.", few=True)] = ""
    language: Annotated[str, _column("text", "First language that the browser asks for.", few=True)] = ""
    screen: Annotated[str, _column("text", "Class of screen width.", few=True)] = ""
    status: Annotated[int, _column("small", "HTTP status of what was served; 0 when not known.")] = 0
    subject_kind: Annotated[
        str, _column("text", "What it was about: product, letter, banner, coupon …", few=True)
    ] = ""
    subject: Annotated[str, _column("text", "Key of what it was about.")] = ""
    amount: Annotated[Decimal, _column("money", "Money as charged, four decimals; a refund is negative.")] = (
        Decimal(0)
    )
    currency: Annotated[
        str, _column("text", "ISO 4217 of amount; empty when there is no money.", few=True)
    ] = ""
    amount_site: Annotated[
        Decimal, _column("money", "The same in the site's currency at that day's rate.")
    ] = Decimal(0)
    quantity: Annotated[int, _column("int", "How many.")] = 0
    props: Annotated[dict[str, Any], _column("json", "Whatever else; nested JSON.")] = {}
    user_agent: Annotated[str, _column("text", "Full user agent.", part="evidence")] = ""
    client_hints: Annotated[str, _column("text", "Client hints as received, JSON.", part="evidence")] = ""
    referrer: Annotated[str, _column("text", "Full referrer, query masked.", part="evidence")] = ""
    known: Annotated[
        int, _column("int", "63-bit id of a browser that consented; 0 without consent.", since=2)
    ] = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind decides the type in each store."""

    name: str
    kind: Kind
    part: Part
    few: bool
    since: int
    description: str
    text_default: str = ""


# What settling copies from the entry of a session onto its facts, beside `session`.
TOUCH = ("source", "medium", "campaign", "content", "term", "click_id", "channel")
ENTRY = (*TOUCH, "landing")


def columns_of(struct: type[msgspec.Struct]) -> tuple[Column, ...]:
    """Read the columns off a struct's annotations, in the order of its fields."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(struct)}
    found = []
    for name, hint in get_type_hints(struct, include_extras=True).items():
        meta = hint.__metadata__[0]
        extra = meta.extra
        default = defaults[name] if isinstance(defaults[name], str) else ""
        found.append(
            Column(
                name, extra["kind"], extra["part"], extra["few"], extra["since"], meta.description, default
            )
        )
    return tuple(found)


@cache
def columns(part: Part | None = None) -> tuple[Column, ...]:
    """Return the columns of a part ("facts", "evidence"), or of a whole line."""
    return tuple(column for column in columns_of(Fact) if part in (None, column.part))


encoder = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical")
decoder = msgspec.json.Decoder(Fact)
