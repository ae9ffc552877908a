"""From a row of a file to what it says of a person, by what its reader chose for each column.

Blank cells say nothing. A row of which a cell cannot be read is refused as a whole, with the column and the
reason; what it says of leaving still counts, for no mistake elsewhere in a row makes anybody agree.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zoco.kit.cells import FORMULA_STARTS
from zoco.kit.said import Said
from zoco.people.attributes import value_read
from zoco.people.fields import field_read
from zoco.people.identities import identity_read
from zoco.people.importing.files.moments import moment_plain
from zoco.people.importing.files.numbers import number_plain
from zoco.people.importing.files.reading import LONG, Row, tags_of
from zoco.people.importing.made import NOTHING, SINCE, STRICT, Made, Options
from zoco.people.importing.past.cells import PAST, PastCells
from zoco.people.importing.permission import Word
from zoco.people.importing.programs import key_of
from zoco.people.models import FIELDS, Attribute

STATUS: dict[str, Word] = {
    **dict.fromkeys(
        ("subscribed", "enabled", "confirmed", "active", "1", "true", "yes", "y", "sí", "si", "да", "是",
         "suscrito", "activo", "подписан", "已订阅"), "given"),
    **dict.fromkeys(
        ("unsubscribed", "disabled", "opted out", "opted-out", "optout", "inactive", "left", "0", "false",
         "no", "n", "baja", "dado de baja", "отписан", "нет", "否", "已退订"), "withdrawn"),
    **dict.fromkeys(
        ("cleaned", "bounced", "hard bounce", "hard bounced", "invalid", "undeliverable"), "dead"),
    **dict.fromkeys(
        ("blocklisted", "blacklisted", "blocked", "suppressed", "complained", "complaint", "spam", "abuse"),
        "blocked"),
}  # fmt: skip
_DNC = re.compile(r"DNC ([\w ]+): ([^,]+)", re.IGNORECASE)
OURS_ESCAPED = (*FORMULA_STARTS, "'")
"""Before these our own files have an apostrophe; see `giving.sheets`."""
_MANY = {"email": re.compile(r"[\s,;]+"), "phone": re.compile(r"[,;/|\n]+"), "social": re.compile(r"[\s,;]+")}


class RowRefused(Said, ValueError):
    """A row, or a cell of it, cannot be taken."""


Taker = Callable[[Made, str], None]


class Mapper:
    """Reads rows. `now` is when the file came: nothing in it happened later."""

    def __init__(
        self,
        columns: Sequence[Mapping[str, Any]],
        mapping: Mapping[str, str],
        options: Options,
        *,
        now: datetime,
        is_ours: bool = False,
    ) -> None:
        self.options, self.now, self.is_ours = options, now, is_ours
        self.own = {each.key: each for each in Attribute.objects.all()}
        self.new: dict[str, Attribute] = {}
        self._columns: list[tuple[int, str, Taker]] = []
        self._past = PastCells(now=now, deed=options.deed, letter=options.letter)
        for at, column in enumerate(columns):
            target = mapping.get(column["key"], "out")
            if target != "out":
                self._columns.append((at, column["key"], self._taker(target, column["key"])))
        self._has_status = "status" in mapping.values()
        self.has_past = bool(options.deed) or any(PAST.match(each) for each in mapping.values())
        self.since = self._since_field() if {"since", "given_at"} & set(mapping.values()) else None

    def made(self, row: Row) -> Made:
        """Read a row; what is wrong with it stands in it."""
        table, line, cells = row
        made = Made(line, table)
        if cells and cells[0] == LONG:
            made.wrong = RowRefused(gettext_noop("It has more cells than the head of its table."))
            return made
        for at, key, take in self._columns:
            value = cells[at] if at < len(cells) else ""
            if not value:
                continue
            if self.is_ours and value[0] == "'" and value[1:2] in OURS_ESCAPED:
                value = value[1:]
            try:
                take(made, value)
            except Said as wrong:
                made.wrong = made.wrong or RowRefused(
                    gettext_noop("%(column)s: %(why)s"), column=key, why=wrong
                )
        self._close(made)
        is_deed = made.past.at is not None
        if not self._has_status and self.options.topic != NOTHING and not is_deed:
            made.words.setdefault(self.options.topic, "given")
        if "given" in made.words.values() and not (made.given_at or self.options.agreed_on):
            made.wrong = made.wrong or RowRefused(
                gettext_noop(
                    "It says that somebody agreed, and not when; no other day was given for all rows."
                )
            )
        if self.options.tag:
            made.tags.append(self.options.tag)
        return made

    def _close(self, made: Made) -> None:
        """Bring together what several cells say."""
        try:
            self._past.close(made.past)
            if self.since is not None and made.since is not None:
                made.attributes[SINCE] = value_read(self.since.kind, made.since.isoformat())
        except Said as wrong:
            made.wrong = made.wrong or wrong

    def _taker(self, target: str, column: str) -> Taker:
        head, _dot, rest = target.partition(".")
        if target in FIELDS:
            return self._field(target)
        if target in ("email", "phone"):
            return self._email if target == "email" else self._identity("phone", "")
        if target.partition(":")[0] in ("external", "social"):
            kind, _mark, space = target.partition(":")
            return self._identity(kind, space or self.options.space)
        if head == "own" and rest in self.own:
            return self._own(self.own[rest])
        if head == "new":
            return self._own(self._new(rest, column))
        if head == "topic":
            return self._topic(rest)
        if (past := self._past.taker(target)) is not None:
            return lambda made, value: past(made.past, value)
        found = {
            "tags": self._tags, "note": self._note, "status": self._status, "refuses": self._refuses,
            "given_at": self._given_at, "left_at": self._left_at, "given_ip": self._given_ip,
            "since": self._since, "left_why": self._left_why, "left_letter": self._left_letter,
        }  # fmt: skip
        return found.get(target, self._nothing)

    def _since_field(self) -> Attribute:
        """Return the own field that says since when somebody is known."""
        fresh = Attribute(key=SINCE, label=_("Known since"), kind="moment")
        self.new[SINCE] = self.own.get(SINCE) or fresh
        return self.new[SINCE]

    def _new(self, kind: str, column: str) -> Attribute:
        """Return the own field that a column becomes; one that is there already is taken as it is."""
        key, number = key_of(column), 2
        while key in self.new:
            key, number = f"{key_of(column)[:36]}_{number}", number + 1
        label = column.removeprefix("attributes.").removeprefix("attribs.")[:80]
        self.new[key] = self.own.get(key) or Attribute(key=key, label=label, kind=kind)
        return self.new[key]

    def _field(self, name: str) -> Taker:
        def take(made: Made, value: str) -> None:
            made.fields[name] = field_read(name, value)

        return take

    def _own(self, attribute: Attribute) -> Taker:
        def take(made: Made, value: str) -> None:
            said = self._plain(attribute.kind, value)
            made.attributes[attribute.key] = value_read(attribute.kind, said, choices=attribute.choices)

        return take

    def _plain(self, kind: str, value: str) -> str:
        match kind:
            case "number":
                return number_plain(value, self.options.decimal)
            case "moment":
                return moment_plain(value)
        return value

    def _identity(self, kind: str, space: str) -> Taker:
        def take(made: Made, value: str) -> None:
            for each in _MANY[kind].split(value) if kind in _MANY else [value]:
                if each:
                    named = identity_read(kind, each, space=space, country=self.options.country)
                    made.identities.append(named)

        return take

    def _email(self, made: Made, value: str) -> None:
        for each in _MANY["email"].split(value):
            if each:
                made.identities.append(identity_read("email", each))

    def _topic(self, topic: str) -> Taker:
        def take(made: Made, value: str) -> None:
            word = STATUS.get(value.casefold())
            if word in STRICT or (word == "given" and self.options.where):
                made.words[topic] = word

        return take

    def _status(self, made: Made, value: str) -> None:
        word = STATUS.get(value.casefold())
        if word in STRICT:
            made.words[""] = word
        elif word == "given" and self.options.topic != NOTHING:
            made.words.setdefault(self.options.topic, word)

    def _refuses(self, made: Made, value: str) -> None:
        if told := _DNC.findall(value):
            # Mautic's reports: each channel with why it is not used; those that are no mail say nothing.
            whys = {why.casefold() for why, channel in told if channel.strip().casefold() == "email"}
            if whys:
                made.words[""] = "dead" if whys == {"bounced"} else "withdrawn"
                made.why.extend(sorted(whys))
        elif value.casefold() not in ("0", "false", "no", "n", "нет", "否"):
            made.words[""] = "withdrawn"

    def _tags(self, made: Made, value: str) -> None:
        made.tags += tags_of(value)

    def _note(self, made: Made, value: str) -> None:
        made.notes.append(value[:5_000])

    def _given_at(self, made: Made, value: str) -> None:
        at = self._moment(value)
        made.given_at = max(made.given_at or at, at)
        made.since = min(made.since or at, at)

    def _since(self, made: Made, value: str) -> None:
        at = self._moment(value)
        made.since = min(made.since or at, at)

    def _left_at(self, made: Made, value: str) -> None:
        made.left_at = self._moment(value)

    def _left_why(self, made: Made, value: str) -> None:
        made.why.append(_text(value))

    def _left_letter(self, made: Made, value: str) -> None:
        made.left_letter = _text(value)[:200]

    def _given_ip(self, made: Made, value: str) -> None:
        made.address = _text(value)[:45]

    def _nothing(self, made: Made, value: str) -> None:
        pass

    def _moment(self, value: str) -> datetime:
        return min(datetime.fromisoformat(str(value_read("moment", moment_plain(value)))), self.now)

    @property
    def agreed_at(self) -> datetime:
        """When people agreed whose row does not say it."""
        text = self.options.agreed_on
        return min(datetime.fromisoformat(text).replace(tzinfo=UTC), self.now) if text else self.now


def _text(value: str) -> str:
    return str(value_read("text", value))
