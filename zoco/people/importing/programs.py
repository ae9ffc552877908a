"""Which program wrote a file, by its columns, and what each of them most likely is.

A column becomes: a field of the person ("name", "city" …), "email", "phone", "external" or "social" (a number
or handle of another system), an own field ("own.size", or a new one: "new.number"), "tags", "note", "status"
(subscribed, unsubscribed …), "topic.news" (yes or no to a topic), "refuses" (yes: wants no advertising),
"given_at", "given_ip", "left_at" (when and where permission was given, or taken back), or nothing: "out".
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoco.kit.slugs import slug_of
from zoco.people.importing.files.reading import STATUS
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
    "email": "email", "e-mail": "email", "email address": "email", "e-mail address": "email", "mail": "email",
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
}  # fmt: skip
MAUTIC = {
    "id": "external", "mobile": "phone", "preferred_locale": "language", "last_active": "out",
    "points": "new.number", "ownername": "out", "stage": "tags", "title": "out", "fax": "out",
    "donotemail": "refuses", "do_not_email": "refuses", "donotcontact": "refuses",
    "do_not_contact": "refuses", "dnc": "refuses", "date_identified": "out", "attribution": "out",
    "attribution_date": "out",
    "contact id": "external", "dnc preferences": "refuses", "dnc_preferences": "refuses",
    "preferred locale": "language", "date identified": "out", "date last active": "out",
}  # fmt: skip
"""Columns of Mautic: its contacts as they are exported, which say nothing of who refused, and reports of
contacts, which may, under *DNC preferences*."""
PROGRAMS = (
    Program("zoco", "Zoco", frozenset({OWN_MARK}), {OWN_MARK: "out"}),
    Program(
        "listmonk",
        "listmonk",
        frozenset({"uuid", "email", "name", "status", "created_at"}),
        {"uuid": "external", "created_at": "out", "updated_at": "out", "status": "status"},
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
            "unsub_campaign_title": "out", "unsub_campaign_id": "out", "unsub_reason": "out",
            "unsub_reason_other": "out", "clean_campaign_title": "out", "clean_campaign_id": "out",
        },
    ),
    Program(
        "mautic",
        "Mautic",
        frozenset({"firstname", "lastname", "email", "points", "preferred_locale"}),
        MAUTIC,
    ),
    Program("mautic", "Mautic", frozenset({"email", "dnc preferences"}), MAUTIC),
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
    return {each["key"]: _guessed(program, each, own, labels, named) for each in columns}


def _guessed(
    program: Program,
    column: Mapping[str, Any],
    own: Mapping[str, Attribute],
    labels: Mapping[str, str],
    topics: Mapping[str, str],
) -> str:
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
    for guess in (program.columns.get(name), COMMON.get(name), program.columns.get(bare)):
        if guess:
            return guess
    key = key_of(name)
    if key in own:
        return f"own.{key}"
    return labels.get(name) or f"new.{column['kind']}"


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
