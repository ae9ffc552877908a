"""A form as HTML: for its own page, for blocks of pages here, for pages elsewhere; and the code to copy."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from zoco.consent.models import Topic
from zoco.consent.signup.asking import TRAP, FillForm, text_of
from zoco.consent.signup.models import Form


def topics_of(form: Form) -> list[Topic]:
    """Return the topics of a form that is kept, in their order."""
    return list(form.topics.all())


def root() -> str:
    """Return the public address of this installation, without its last slash."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def fragment(
    form: Form,
    language: str,
    *,
    base: str = "",
    filled: FillForm | None = None,
    topics: list[Topic] | None = None,
) -> SafeString:
    """Return a form as HTML without page around it; `base` where it stands on pages of another host."""
    with translation.override(language):
        asked = filled or FillForm(
            form=form, topics=topics_of(form) if topics is None else topics, language=language
        )
        values = {
            "form": form, "filled": asked, "language": language, "trap": TRAP,
            "action": base + reverse("zoco_form", args=[form.key]),
            "words": text_of(form, "words", language), "consent": text_of(form, "consent", language),
            "button": text_of(form, "button", language),
        }  # fmt: skip
        return mark_safe(render_to_string("zoco/consent/signup/form.html", values))  # noqa: S308 - a template's


def code_of(form: Form) -> str:
    """Return the lines for a page elsewhere that put the form where they stand, in the page's language."""
    script = root() + reverse("zoco_form_script")
    return f'<div data-zoco-form="{form.key}"></div>\n<script defer src="{script}"></script>'


def plain_code_of(form: Form, language: str) -> str:
    """Return the form as HTML that needs no script; with the script beside it there is no second step."""
    lines = (each.strip() for each in fragment(form, language, base=root()).splitlines())
    return "\n".join(each for each in lines if each)
