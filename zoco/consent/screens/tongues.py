"""Fields for what something says in each language in which people are written to."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings

from zoco.ledger.pictures.labels import language_within

NAMED = "text_{code}_{name}"
LONG = 500
"""A text that may be longer is written in several lines."""


def languages() -> list[str]:
    """Return the codes of the languages in which people are written to."""
    return [code for code, _name in settings.LANGUAGES]


def texts_add(
    form: forms.BaseForm,
    labels: Mapping[str, Any],
    longest: Mapping[str, int],
    held: Mapping[str, Mapping[str, str]],
    *,
    named: str = NAMED,
    rows: int = 3,
) -> None:
    """Give a form a field for each text and language, with what is held of it; none is required.

    `labels` and `longest` are by name of the text, `held` by language and name; `named` says what the fields
    are called, `rows` how high those of long texts are.
    """
    for code in languages():
        said = held.get(code) or {}
        for name, label in labels.items():
            is_long = longest[name] > LONG
            form.fields[named.format(code=code, name=name)] = forms.CharField(
                label=f"{label} ({language_within(code)})",
                required=False,
                max_length=longest[name],
                initial=said.get(name, ""),
                widget=forms.Textarea(attrs={"rows": rows}) if is_long else forms.TextInput(),
            )


def texts_by_language(form: forms.BaseForm) -> list[tuple[str, list[Any]]]:
    """Return each language with its fields."""
    return [
        (language_within(code), [form[name] for name in form.fields if name.startswith(f"text_{code}_")])
        for code in languages()
    ]


def texts_given(
    given: Mapping[str, Any], names: Mapping[str, Any], *, named: str = NAMED
) -> dict[str, dict[str, str]]:
    """Return what a form was told, by language and name of the text, without what was left blank."""
    found = {
        code: {
            name: said
            for name in names
            if (said := (given.get(named.format(code=code, name=name)) or "").strip())
        }
        for code in languages()
    }
    return {code: said for code, said in found.items() if said}
