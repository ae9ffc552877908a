"""Forms of sendings: what goes to whom by whom, and what is tried on a part of them first."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.channels.mailing.accounts import mail_account_usual, mail_accounts
from zoco.channels.models import Account
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import language_within
from zoco.ledger.pictures.moments import zone
from zoco.ledger.services import NAME
from zoco.mail.editing.models import SUBJECT_LONGEST, Letter
from zoco.mail.sending.models import ARMS, Leg, Sending
from zoco.people.audiences.models import Audience

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Sending]
    _AudienceField = forms.ModelChoiceField[Audience]
else:
    _ModelForm = forms.ModelForm
    _AudienceField = forms.ModelChoiceField

WRITTEN = "%Y-%m-%dT%H:%M"
LATER_MOST = 7 * 24


def letters() -> Any:
    """Return the letters that may be sent."""
    return Letter.objects.filter(is_archived=False, is_template=False).order_by("-changed_at", "-pk")


def accounts() -> Any:
    """Return the accounts that send e-mail and are on."""
    return mail_accounts().filter(is_on=True)


class AudienceField(_AudienceField):
    """A choice of audiences that shows how many are in."""

    def label_from_instance(self, obj: Audience) -> str:
        """Name it with its size."""
        return f"{obj.name} ({formats.count(obj.size)})"


class SendingForm(_ModelForm):
    """What goes to whom by whom. Moments are those of the first site's clock."""

    letter = forms.ModelChoiceField(label=gettext_lazy("Letter"), queryset=Letter.objects.none())
    audience = AudienceField(
        label=pgettext_lazy("sending", "Audience"), queryset=Audience.objects.none(), required=False
    )
    account = forms.ModelChoiceField(
        label=pgettext_lazy("sending", "Sent by"), queryset=Account.objects.none(), required=False
    )
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Not before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WRITTEN),
    )

    class Meta:
        model = Sending
        fields = ("name", "letter", "audience", "account", "campaign", "starts_at", "is_public")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        _offer(self, "letter", letters())
        _offer(self, "account", accounts(), _("as the letter says, or the usual one"))
        if self.instance.is_again:
            del self.fields["audience"]
        else:
            self.fields["audience"].required = True
            _offer(self, "audience", Audience.objects.defer("members", "rules").order_by("name"))
        self.fields["starts_at"].help_text = _(
            "Left empty, it begins as soon as it is started. By the clock of %(zone)s."
        ) % {"zone": zone().key}
        if at := self.instance.starts_at:
            self.initial["starts_at"] = at.astimezone(zone()).replace(tzinfo=None).strftime(WRITTEN)

    def clean_starts_at(self) -> datetime | None:
        """Read the moment by the clock of the first site."""
        at: datetime | None = self.cleaned_data["starts_at"]
        if at and not 1 < at.year < 9999:  # by another clock it would lie outside of all years
            raise forms.ValidationError(self.fields["starts_at"].error_messages["invalid"], code="invalid")
        return timezone.make_naive(at).replace(tzinfo=zone()) if at else None

    def clean(self) -> dict[str, Any]:
        """Choose the account where nobody did."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        letter = found.get("letter")
        if letter and not found.get("account") and "account" not in self.errors:
            found["account"] = letter.account or mail_account_usual()
            if found["account"] is None:
                self.add_error("account", _("There is no account that sends e-mail; make one first."))
        return found


def _offer(form: forms.Form | _ModelForm, name: str, rows: Any, nothing: str = "---------") -> None:
    """Let a field choose from rows as they are now."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset, field.empty_label = rows, nothing
        field.widget.choices = field.choices


class TestForm(_ModelForm):
    """What is tried: up to four arms, each with another subject, another letter or another hour."""

    __test__ = False  # pytest takes what is called so for tests of its own

    class Meta:
        model = Sending
        fields = ("test_share", "test_metric", "test_fact", "test_hours")

    def __init__(self, *args: Any, legs: list[Leg], **more: Any) -> None:
        super().__init__(*args, **more)
        by_arm = {each.arm: each for each in legs}
        self.languages = list(self.instance.letter.editions.order_by("pk").values_list("language", flat=True))
        self.fields["test_fact"].required = False
        for arm in ARMS:
            leg = by_arm.get(arm)
            self.fields[f"{arm}_letter"] = forms.ModelChoiceField(
                queryset=letters(),
                label=_("Letter"),
                required=False,
                initial=leg.letter_id if leg else None,
                empty_label=_("the same letter"),
            )
            for language in self.languages:
                self.fields[f"{arm}_subject_{language}"] = forms.CharField(
                    label=_("Another subject (%(language)s)") % {"language": language_within(language)},
                    required=False,
                    max_length=SUBJECT_LONGEST,
                    initial=leg.subjects.get(language, "") if leg else "",
                )
            self.fields[f"{arm}_later"] = forms.IntegerField(
                label=_("Hours later"),
                required=False,
                min_value=0,
                max_value=LATER_MOST,
                initial=leg.after_minutes // 60 if leg else None,
            )

    def clean_test_fact(self) -> str:
        """Hold it to names of facts."""
        fact: str = self.cleaned_data["test_fact"].strip()
        if not fact:
            return str(Sending._meta.get_field("test_fact").default)
        if not NAME.fullmatch(fact):
            raise forms.ValidationError(_("Write the name of a fact, such as shop.order.placed."))
        return fact

    def groups(self) -> list[tuple[str, list[Any]]]:
        """Return the fields of each arm."""
        return [(arm.upper(), [self[n] for n in self.fields if n.startswith(f"{arm}_")]) for arm in ARMS]

    def own(self) -> list[Any]:
        """Return the fields of the whole test."""
        return [self[name] for name in self._meta.fields or ()]

    def legs(self) -> list[Leg]:
        """Return the arms that say something: the first one is the letter as it is."""
        data, found = self.cleaned_data, []
        for arm in ARMS:
            subjects = {each: data.get(f"{arm}_subject_{each}") for each in self.languages}
            subjects = {language: " ".join(said.split()) for language, said in subjects.items() if said}
            letter, later = data.get(f"{arm}_letter"), data.get(f"{arm}_later")
            if arm == ARMS[0] or letter or subjects or later:
                minutes = (later or 0) * 60
                letter = letter or self.instance.letter
                found.append(Leg(arm=arm, letter=letter, subjects=subjects, after_minutes=minutes))
        return found if len(found) > 1 else []
