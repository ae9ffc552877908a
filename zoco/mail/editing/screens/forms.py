"""Forms of a letter: what it is for, by whom it is sent, how it looks."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.channels.mailing.accounts import mail_accounts
from zoco.consent.models import Topic
from zoco.mail.editing.gallery.ready import TONGUES
from zoco.mail.editing.models import LANGUAGE, Letter
from zoco.mail.letters.drafts import Look

FONTS = (
    ("Helvetica, Arial, sans-serif", _("plain letters, as Arial")),
    ("Georgia, 'Times New Roman', serif", _("letters with serifs, as Georgia")),
    ("Verdana, Geneva, sans-serif", _("wide letters, as Verdana")),
)
COLOURS = ("accent", "ground", "sheet", "ink")


def tongues() -> list[tuple[str, Any]]:
    """Return the languages in which the gallery is written."""
    return [(key, label) for key, label in settings.LANGUAGES if key in TONGUES]


class LetterForm(forms.ModelForm[Letter]):
    """What a letter is for."""

    topic = forms.ChoiceField(
        label=pgettext_lazy("letter", "Topic"),
        required=False,
        help_text=_("Of advertising: who did not agree to it is left out."),
    )

    class Meta:
        model = Letter
        fields = ("name", "purpose", "topic", "account", "site", "key", "is_counted")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        topics = list(Topic.objects.order_by("label", "id").values_list("key", "label"))
        known = {key for key, _label in topics}
        gone = [(self.instance.topic,) * 2] if self.instance.topic not in {"", *known} else []
        topic: Any = self.fields["topic"]
        topic.choices = [("", _("no topic: all advertising")), *topics, *gone]
        account: Any = self.fields["account"]
        account.queryset = mail_accounts()
        account.empty_label = _("the usual account for mail")
        site: Any = self.fields["site"]
        site.empty_label = _("no site")


class LookForm(forms.Form):
    """Colours and letters that all blocks share."""

    accent = forms.CharField(label=_("Colour of buttons and links"))
    ground = forms.CharField(label=_("Colour of the ground"))
    sheet = forms.CharField(label=_("Colour of the sheet"))
    ink = forms.CharField(label=_("Colour of the text"))
    font = forms.ChoiceField(label=_("Font"), choices=FONTS)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in COLOURS:
            self.fields[name].widget = forms.TextInput(attrs={"type": "color", "class": "z-colour"})

    def look(self) -> Look:
        """Return it. Raises LetterWrong for what is no colour."""
        return Look(**self.cleaned_data)


class LanguagesForm(forms.Form):
    """In which languages a letter begins."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=tongues,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The first one is read by whoever reads none of the others. More can be added later."),
    )


class EditionForm(forms.Form):
    """One more language of a letter."""

    language = forms.CharField(
        label=pgettext_lazy("letter", "One more language"),
        max_length=20,
        validators=[LANGUAGE],
        help_text=_("Such as es, or zh-hans. It begins with what the first language says."),
        widget=forms.TextInput(attrs={"list": "z-languages", "autocomplete": "off"}),
    )
