"""A new link to one's choices for whoever opened an old one: it goes to his own address, once a day."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from zoco.consent.confirming.posting import Letter, Words, words_send
from zoco.consent.public.preferring import addresses_of
from zoco.consent.public.tokens import Links
from zoco.people.models import Person


def link_renew(*, person: Person, language: str, at: datetime) -> bool:
    """Send a new link to whom an old one was given; returns whether a letter left or will.

    The second one of a day is the first. Whoever has no address gets none.
    """
    addresses = addresses_of(person.pk)
    if not addresses:
        return False
    root = str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")
    link = Links(on=at.date(), base=root).preferences(person=person)
    letter = Letter(
        key=f"preferences.{person.pk}.{at.date().isoformat()}",
        person=person.pk,
        to=addresses[0].value,
        language=language,
        link=link,
        topics=(),
        form="preferences",
    )
    return not words_send(letter, _words(link, language), at=at)


def _words(link: str, language: str) -> Words:
    with translation.override(language):
        subject = _("Your link to choose what you receive")
        asked = _(
            "You, or somebody else, asked for a new link on our page. Here you choose what you receive:"
        )
        otherwise = _("If it was not you, do nothing: nothing was changed.")
        button = _("Choose what you receive")
    text = f"{asked}\n\n{link}\n\n{otherwise}\n"
    html = format_html(
        '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>'
        '<p>{}</p><p><a href="{}">{}</a></p><p>{}</p></body></html>',
        language, subject, asked, link, button, otherwise,
    )  # fmt: skip
    return Words(subject, text, str(html))
