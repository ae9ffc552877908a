"""Which program wrote a file, by its columns, and what each of them most likely is.

A column becomes: a field of the person ("name", "city" …), "email", "phone", "external" or "social" (a number
or handle of another system), an own field ("own.size", or a new one: "new.number"), "tags", "note", "status"
(subscribed, unsubscribed …), "topic.news" (yes or no to a topic), "refuses" (yes: wants no advertising),
"given_at", "given_ip", "left_at", "left_why", "left_letter" (when and where permission was given, or taken
back, why and after which letter), "since" (when somebody became known), what somebody did: "did", "did_at",
"did_link", "letter", or moments of one deed ("did.opened"), or nothing: "out".
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoco.kit.slugs import slug_of
from zoco.people.importing.files.folders import DEED, LETTER, STATUS
from zoco.people.importing.past.deeds import deed_of
from zoco.people.models import FIELDS, Attribute

NEW = ("text", "number", "flag", "day", "moment")
OWN_MARK = "zoco person"
"""The column by which a file that Zoco wrote is known; its numbers say nothing elsewhere."""
KEY_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Program:
    """A program whose exports are known: columns that tell it, and what its columns are."""

    key: str
    label: str
    told_by: frozenset[str]
    columns: Mapping[str, str]


COMMON = {
    "email": "email", "e-mail": "email", "email address": "email", "email_address": "email",
    "e-mail address": "email", "mail": "email",
    "correo": "email", "correo electrónico": "email", "почта": "email", "эл. почта": "email",
    "электронная почта": "email", "邮箱": "email", "电子邮件": "email", "邮件地址": "email", "#1": "email",
    "phone": "phone", "phone number": "phone", "mobile": "phone", "telephone": "phone", "teléfono": "phone",
    "móvil": "phone", "телефон": "phone", "电话": "phone", "手机": "phone", "sms phone number": "phone",
    "name": "name", "full name": "name", "nombre completo": "name", "имя и фамилия": "name", "姓名": "name",
    "first name": "given_name", "firstname": "given_name", "given name": "given_name",
    "nombre": "given_name", "имя": "given_name", "名": "given_name", "given_name": "given_name",
    "first_name": "given_name", "last name": "family_name", "lastname": "family_name",
    "surname": "family_name",
    "apellido": "family_name",
    "apellidos": "family_name", "фамилия": "family_name", "姓": "family_name", "family_name": "family_name",
    "last_name": "family_name", "family name": "family_name",
    "city": "city", "ciudad": "city", "город": "city", "城市": "city", "town": "city",
    "country": "country", "país": "country", "страна": "country", "国家": "country",
    "language": "language", "idioma": "language", "язык": "language", "语言": "language",
    "time zone": "zone", "timezone": "zone", "zone": "zone", "zona horaria": "zone", "часовой пояс": "zone",
    "时区": "zone", "locale": "language", "country code": "country", "tags": "tags", "etiquetas": "tags",
    "метки": "tags", "теги": "tags", "标签": "tags",
    "notes": "note", "note": "note", "notas": "note", "заметки": "note", "备注": "note",
    "status": "status", "estado": "status", "статус": "status", "状态": "status", STATUS: "status",
    "subscribed": "status", "is subscribed": "status", "subscription": "status", "suscrito": "status",
    "подписан": "status", "подписка": "status", "订阅": "status", "subscriber status": "status",
    "opt in": "status", "opt-in": "status", "optin": "status", "opted in": "status",
    "accepts marketing": "status", "accepts email marketing": "status", "unsubscribed": "refuses",
    "opt out": "refuses", "opt-out": "refuses", "optout": "refuses", "opted out": "refuses",
    "do not email": "refuses", "отписан": "refuses", "已退订": "refuses",
    "created at": "since", "created_at": "since", "created": "since", "date added": "since",
    "date_added": "since", "dateadded": "since", "date created": "since", "date identified": "since",
    "date_identified": "since", "known since": "since", "alta": "since", "fecha de alta": "since",
    "дата добавления": "since", "добавлен": "since", "创建时间": "since", "添加时间": "since",
}  # fmt: skip
MOMENTS = {
    "date sent": "did.sent", "date_sent": "did.sent", "sent at": "did.sent", "sent_at": "did.sent",
    "date read": "did.opened", "date_read": "did.opened", "opened at": "did.opened",
    "opened_at": "did.opened", "date opened": "did.opened", "clicked at": "did.clicked",
    "clicked_at": "did.clicked", "date clicked": "did.clicked", "bounced at": "did.bounced",
    "bounced_at": "did.bounced",
}  # fmt: skip
"""Columns of moments of one deed each."""
ACCOUNT = {DEED: "did", LETTER: "letter", "timestamp": "did_at", "url": "did_link", "ip": "out"}
"""Columns of what people did in a zip of a whole account, where lists have columns of any name."""
PAST = {
    "activity": "did", "action": "did", "event": "did", "event type": "did",
    "event_type": "did", "eventtype": "did", "actividad": "did", "acción": "did", "действие": "did",
    "событие": "did", "活动": "did", "操作": "did",
    "timestamp": "did_at", "time": "did_at", "date": "did_at", "when": "did_at", "moment": "did_at",
    "eventtimestamp": "did_at", "event time": "did_at", "fecha": "did_at", "когда": "did_at",
    "дата": "did_at", "время": "did_at", "时间": "did_at", "日期": "did_at",
    "campaign_id": "letter", "campaign": "letter", "campaign title": "letter", "campaign name": "letter",
    "campaign_title": "letter", "eventname": "letter", "subject": "letter", "letter": "letter",
    "campaña": "letter", "asunto": "letter", "рассылка": "letter", "письмо": "letter", "тема": "letter",
    "邮件": "letter", "主题": "letter", "url": "did_link", "link": "did_link", "enlace": "did_link",
    "ссылка": "did_link", "链接": "did_link", "ip": "out", **MOMENTS,
}  # fmt: skip
"""What columns are in a file that tells what people did; of any other file they are what they are there."""
MAUTIC = {
    "id": "external", "mobile": "phone", "preferred_locale": "language", "last_active": "new.moment",
    "points": "new.number", "ownername": "out", "stage": "tags", "title": "out", "fax": "out",
    "donotemail": "refuses", "do_not_email": "refuses", "donotcontact": "refuses",
    "do_not_contact": "refuses", "dnc": "refuses", "attribution": "out", "attribution_date": "out",
    "contact id": "external", "dnc preferences": "refuses", "dnc_preferences": "refuses",
    "preferred locale": "language", "date last active": "new.moment",
}  # fmt: skip
"""Columns of Mautic: its contacts as they are exported, which say nothing of who refused, and reports of
contacts, which may, under *DNC preferences*."""
MAUTIC_SENT = {"contact id": "external", "id": "out", "name": "letter", "language": "out"}
"""Columns of Mautic's report of letters sent: name, number and language are those of the letter."""
PROGRAMS = (
    Program("zoco", "Zoco", frozenset({OWN_MARK}), {OWN_MARK: "out"}),
    Program(
        "listmonk",
        "listmonk",
        frozenset({"uuid", "email", "name", "status", "created_at"}),
        {"id": "out", "uuid": "external", "created_at": "since", "updated_at": "out", "status": "status"},
    ),
    Program(
        "mailchimp",
        "Mailchimp",
        frozenset({"email address", "member_rating", "optin_time"}),
        {
            "euid": "external", "member_rating": "new.number", "optin_time": "given_at",
            "optin_ip": "given_ip", "confirm_time": "given_at", "confirm_ip": "given_ip",
            "unsub_time": "left_at", "clean_time": "left_at", "cc": "country", "timezone": "zone",
            "latitude": "out", "longitude": "out", "gmtoff": "out",
            "dstoff": "out", "region": "out", "last_changed": "out", "leid": "out",
            "unsub_campaign_title": "left_letter", "unsub_campaign_id": "out", "unsub_reason": "left_why",
            "unsub_reason_other": "left_why", "clean_campaign_title": "left_letter",
            "clean_campaign_id": "out",
        },
    ),
    Program(
        "mautic",
        "Mautic",
        frozenset({"firstname", "lastname", "email", "points", "preferred_locale"}),
        MAUTIC,
    ),
    Program("mautic", "Mautic", frozenset({"email", "dnc preferences"}), MAUTIC),
    Program("mautic", "Mautic", frozenset({"date sent", "date read"}), MAUTIC_SENT),
    Program("mailchimp", "Mailchimp", frozenset({"email", "timestamp", DEED}), {}),
)  # fmt: skip
OTHER = Program("", "", frozenset(), {})


def program_of(keys: Collection[str]) -> Program:
    """Return the program whose columns these are, OTHER for none."""
    held = {key.casefold() for key in keys}
    return next((each for each in PROGRAMS if each.told_by <= held), OTHER)


def program_named(key: str) -> Program:
    """Return a program."""
    return next((each for each in PROGRAMS if each.key == key), OTHER)


def mapping_guessed(
    program: Program, columns: Sequence[Mapping[str, Any]], topics: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Return what each column most likely becomes."""
    own = {each.key: each for each in Attribute.objects.all()}
    labels = {each.label.casefold(): f"own.{each.key}" for each in own.values()}
    named = {label.casefold(): f"topic.{key}" for key, label in topics}
    named |= {key.casefold(): f"topic.{key}" for key, _label in topics}
    keys = {str(each["key"]) for each in columns}
    is_told = DEED not in keys and (_is_told(columns) or program.columns is MAUTIC_SENT)
    known = COMMON | (PAST if is_told else ACCOUNT if DEED in keys else MOMENTS)
    found = {each["key"]: _guessed(program, each, own, labels, named, known) for each in columns}
    if is_told:  # what else stands beside a deed is of the deed
        found = {key: "out" if guess.startswith("new.") else guess for key, guess in found.items()}
    return found


def _is_told(columns: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether each row of a file is something that somebody did: a word that is known, and when."""
    becomes = {str(each["key"]): PAST.get(str(each["key"]).casefold(), "") for each in columns}
    words = [word for each in columns if becomes[str(each["key"])] == "did" for word in each["samples"]]
    moments = [each for each in columns if becomes[str(each["key"])] == "did_at" and _is_time(each)]
    return bool(moments) and any(deed_of(word) for word in words)


def _is_time(column: Mapping[str, Any]) -> bool:
    return column["kind"] in ("day", "moment")


def _guessed(
    program: Program, column: Mapping[str, Any], own: Mapping[str, Attribute], labels: Mapping[str, str],
    topics: Mapping[str, str], common: Mapping[str, str],
) -> str:  # fmt: skip
    name = str(column["key"]).casefold()
    bare = re.sub(r" \(\d+\)$", "", name)
    group, dot, rest = name.partition(".")
    if not column["seen"]:
        return "out"
    if program.key == "zoco" and (exact := _ours(str(column["key"]), own)):
        return exact
    if dot and group in ("lists", "subscriptions"):
        return topics.get(rest, "out")
    if dot and group in ("attributes", "attribs"):
        name = bare = rest
    for guess in (program.columns.get(name), common.get(name), program.columns.get(bare)):
        if guess and (_is_time(column) or not _wants_time(guess)):
            return guess
    key = key_of(name)
    if key in own:
        return f"own.{key}"
    return labels.get(name) or f"new.{column['kind']}"


def _wants_time(guess: str) -> bool:
    """Say whether a guess holds only where all values are moments; else rows would be refused for it."""
    return guess in ("since", "did_at") or guess.startswith("did.")


def _ours(key: str, own: Mapping[str, Attribute]) -> str:
    """Return what a column of our own export is."""
    head, mark, rest = key.partition(":")
    if mark and head in ("external", "social"):
        return f"{head}:{rest}"
    if mark and head == "own":
        return key.replace(":", ".", 1) if rest in own else ""
    return key if key in FIELDS else ""


def key_of(label: str) -> str:
    """Return a key for an own field of this name."""
    bare = re.sub(r"^(attributes|attribs)\.", "", label, flags=re.IGNORECASE)
    plain = slug_of(bare, longest=KEY_LONGEST).replace("-", "_")
    return plain if plain[0].isalpha() else f"field_{plain}"[:KEY_LONGEST]
