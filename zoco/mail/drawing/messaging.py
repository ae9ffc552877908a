"""The form of a step that sends a message, and what is said where there is nothing to send one by."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings as installation
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zoco.channels.models import Account
from zoco.consent.models import Purpose, Topic
from zoco.ledger.pictures.labels import language_name, language_within
from zoco.mail.drawing.base import StepForm
from zoco.mail.editing.models import LANGUAGE
from zoco.mail.editing.screens.blocks import placeholders_offered
from zoco.mail.journeys.messages.step import MessageStep, carriers
from zoco.mail.journeys.messages.texts import LONGEST

ONLINE = "links.online"
TEXTS = "texts"


class MessageForm(StepForm):
    """By which account, what for, and what it says: a text for each language, an empty one is none."""

    kind = MessageStep.key
    account = forms.ModelChoiceField(
        label=pgettext_lazy("letter", "Sent by"), queryset=Account.objects.none()
    )
    purpose = forms.ChoiceField(
        label=pgettext_lazy("letter", "Purpose"), choices=Purpose.choices, initial=Purpose.MARKETING
    )
    topic = forms.ChoiceField(
        label=pgettext_lazy("letter", "Topic"),
        required=False,
        help_text=_("Of advertising: who did not agree to it is left out."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        account: Any = self.fields["account"]
        account.queryset = message_accounts()
        topics = [(each.key, each.said("label")) for each in Topic.objects.order_by("label", "id")]
        topic: Any = self.fields["topic"]
        kept = self.initial.get("topic") or ""
        gone = [(kept, kept)] if kept not in {"", *dict(topics)} else []
        topic.choices = [("", _("no topic: all advertising")), *topics, *gone]
        self.languages = _languages(self.initial.get(TEXTS) or [])
        for number, language in enumerate(self.languages):
            self.fields[f"text-{language}"] = _text_field(language, is_first=not number)
        self.fields["language"] = forms.CharField(
            label=pgettext_lazy("letter", "One more language"),
            max_length=20,
            required=False,
            validators=[LANGUAGE],
            widget=forms.TextInput(attrs={"list": "z-languages", "autocomplete": "off"}),
            help_text=_("Such as fr, or pt-BR."),
        )
        self.fields["more"] = _area(label=_("Text in this language"))

    def settings(self) -> dict[str, Any]:
        """Return the settings."""
        data = self.cleaned_data
        written = [(each, data[f"text-{each}"]) for each in self.languages]
        written.append((data["language"], data["more"]))
        return {
            "account": data["account"].pk,
            "purpose": data["purpose"],
            "topic": data["topic"],
            TEXTS: [{"language": each, "text": text} for each, text in written if each and text],
        }

    def clean(self) -> dict[str, Any]:
        """Miss neither half of one more language."""
        data = self.cleaned_data
        for one, other in (("language", "more"), ("more", "language")):
            if data.get(other) and not data.get(one) and one not in self.errors:
                self.add_error(one, forms.Field.default_error_messages["required"])
        return super().clean()

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the fields show."""
        texts = {f"text-{each['language']}": each["text"] for each in settings.get(TEXTS) or ()}
        return {**settings, **texts}

    @property
    def placeholders(self) -> list[dict[str, Any]]:
        """Return what can be filled in; a message is not read in the browser."""
        return [
            {**root, "fields": [each for each in root["fields"] if ONLINE not in each["written"]]}
            for root in placeholders_offered()
        ]

    @property
    def tongues(self) -> Sequence[tuple[str, str]]:
        """Return languages that are suggested."""
        return [(code, language_name(code)) for code, _label in installation.LANGUAGES]


def message_accounts() -> Any:
    """Return the accounts by which messages leave."""
    return Account.objects.filter(adapter__in=[each.key for each in carriers()]).order_by("name", "pk")


def carriers_said() -> str:
    """Return the adapters by which messages can leave, empty where none is installed."""
    return ", ".join(str(each.label) for each in carriers())


def _languages(texts: Sequence[Mapping[str, str]]) -> list[str]:
    """Return which languages are asked for: those that are there, the reader's, the others of the pages."""
    here = [code for code, _label in installation.LANGUAGES]
    mine = get_language() or here[0]
    written = [each["language"] for each in texts]
    known = {each.casefold() for each in written}
    usual = [mine, *(code for code in here if code != mine)]
    return [*written, *(code for code in usual if code.casefold() not in known)]


def _text_field(language: str, *, is_first: bool) -> forms.CharField:
    field = _area(label=gettext("Text in %(language)s") % {"language": language_within(language)})
    if is_first:
        field.help_text = _("Read by whoever reads none of the languages in which there is a text.")
    return field


def _area(*, label: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=area)
