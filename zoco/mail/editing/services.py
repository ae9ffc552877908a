"""Writes of letters: what they are for, what they say, copies. What cannot be made is not kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zoco.mail.editing.models import Edition, EditionChange, Letter, Written
from zoco.mail.editing.reads import draft_of, letter_base, look_read
from zoco.mail.editing.wrongs import Wrong, draft_wrongs
from zoco.mail.letters.drafts import Look, Value

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHANGES_MOST = 100
"""How many earlier editions of a language are kept."""
WRITTEN = ("subject", "preview", "kind", "blocks", "source")


class EditionWrong(ValueError):
    """Nothing can be made of what was written; `wrongs` say at which block and why."""

    def __init__(self, wrongs: Sequence[Wrong]) -> None:
        super().__init__(" ".join(each.words for each in wrongs))
        self.wrongs = tuple(wrongs)


@dataclass(frozen=True, slots=True)
class Words:
    """What an edition says; `kind` says whether `blocks` or `source` counts."""

    subject: str = ""
    preview: str = ""
    kind: str = "blocks"
    blocks: Sequence[Value] = ()
    source: str = ""


@transaction.atomic
def letter_write(
    *, letter: Letter, at: datetime, by: "User | None" = None, look: Look | None = None
) -> Letter:
    """Keep what a letter is for, by whom it is sent and how it looks. Raises ValidationError, by field."""
    if letter.pk is None:
        letter.by, letter.created_at = by, at
    letter.changed_at = at
    if look is not None:
        letter.look = asdict(look)
    if letter.purpose != "marketing":
        letter.topic = ""
    letter.full_clean()
    letter.save()
    return letter


@transaction.atomic
def edition_write(
    *, letter: Letter, language: str, words: Words, at: datetime, by: "User | None" = None
) -> Edition:
    """Keep what a letter says in a language; what it said before is kept aside.

    Raises EditionWrong where nothing can be made of it, ValidationError for a subject too long.
    """
    letter = Letter.objects.select_for_update(of=("self",)).select_related("site").get(pk=letter.pk)
    edition = Edition.objects.filter(letter=letter, language=language).first()
    was = _said(edition) if edition else None
    edition = edition or Edition(letter=letter, language=language)
    for name, value in _plain(words).items():
        setattr(edition, name, value)
    edition.changed_at = at
    edition.full_clean(exclude=["letter"])
    if wrongs := draft_wrongs(draft_of(edition, look=look_read(letter.look), base=letter_base(letter))):
        raise EditionWrong(wrongs)
    if was == _said(edition):
        return edition
    edition.save()
    if was:
        _set_aside(letter, language, was, by=by, at=at)
    Letter.objects.filter(pk=letter.pk).update(changed_at=at)
    return edition


@transaction.atomic
def edition_delete(*, letter: Letter, language: str, at: datetime, by: "User | None" = None) -> None:
    """Take a language out of a letter; what it said is kept aside."""
    edition = Edition.objects.get(letter=letter, language=language)
    _set_aside(letter, language, _said(edition), by=by, at=at)
    edition.delete()
    Letter.objects.filter(pk=letter.pk).update(changed_at=at)


@transaction.atomic
def letter_copy(*, letter: Letter, name: str, at: datetime, by: "User | None" = None) -> Letter:
    """Return a new letter that says the same. Programs do not know it: it has no key."""
    copy = Letter(
        name=name,
        purpose=letter.purpose,
        topic=letter.topic,
        account=letter.account,
        site=letter.site,
        is_counted=letter.is_counted,
        look=letter.look,
    )
    letter_write(letter=copy, at=at, by=by)
    editions = [
        Edition(letter=copy, language=each.language, changed_at=at, **_said(each))
        for each in letter.editions.order_by("pk")
    ]
    Edition.objects.bulk_create(editions)
    return copy


def letter_archive(*, letter: Letter, is_archived: bool, at: datetime) -> None:
    """Put a letter away, or take it back; programs cannot send one that is put away."""
    letter.is_archived, letter.changed_at = is_archived, at
    letter.save(update_fields=["is_archived", "changed_at"])


def letter_keep(*, letter: Letter, is_template: bool) -> None:
    """Let new letters begin as this one, or not any more."""
    letter.is_template = is_template
    letter.save(update_fields=["is_template"])


def _plain(words: Words) -> dict[str, Any]:
    """Return what is written; only one of blocks and source is kept."""
    is_blocks = words.kind == Written.Kind.BLOCKS
    if words.kind not in Written.Kind.values:
        raise ValidationError({"kind": _("Choose one of the list.")})
    return {
        "subject": " ".join(words.subject.split()),
        "preview": " ".join(words.preview.split()),
        "kind": words.kind,
        "blocks": [dict(each) for each in words.blocks] if is_blocks else [],
        "source": "" if is_blocks else words.source,
    }


def _said(edition: Written) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in WRITTEN}


def _set_aside(
    letter: Letter, language: str, was: Mapping[str, Any], *, by: "User | None", at: datetime
) -> None:
    EditionChange.objects.create(letter=letter, language=language, by=by, at=at, **was)
    kept = EditionChange.objects.filter(letter=letter, language=language).order_by("-pk")
    old = list(kept.values_list("pk", flat=True)[CHANGES_MOST : CHANGES_MOST + 50])
    EditionChange.objects.filter(pk__in=old).delete()
