"""The form on which is said what each column of a file becomes, and what holds for all of its rows."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zoco.ledger.pictures.countries import country_codes, country_name
from zoco.people.importing import permission
from zoco.people.importing.columns import OUT, ColumnsForm
from zoco.people.importing.made import NOTHING, Options
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.past.cells import AT
from zoco.people.importing.past.deeds import DEEDS
from zoco.people.importing.programs import NEW
from zoco.people.models import FIELDS, Attribute, Person

HELD = ("topic", "where", "agreed_on", "tag", "space", "country", "decimal", "deed", "letter")
"""What is said of all rows under the same names on the form."""


def field_label(name: str) -> str:
    """Return what a field of people is called."""
    field: Any = Person._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def targets(run: PeopleImport) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return all that a column may become, by group."""
    own = [(f"own.{each.key}", each.label) for each in Attribute.objects.order_by("label", "id")]
    kinds, topics = dict(Attribute.Kind.choices), permission.topics()
    groups = [
        ("", [(OUT, _("Leave out"))]),
        (_("Known as"), [
            ("email", _("E-mail")), ("phone", pgettext("number", "Phone")),
            ("external", _("Number of another system")), ("social", capfirst(_("handle"))),
        ]),
        (_("Person"), [(name, field_label(name)) for name in FIELDS]),
        (_("Own fields"), own),
        (_("New own field"), [(f"new.{kind}", _("New: %(kind)s") % {"kind": kinds[kind]}) for kind in NEW]),
        (_("More"), [("since", _("Known since")), ("tags", pgettext("person", "Tags")), ("note", _("Note"))]),
        (_("Permission"), [
            ("status", _("Subscribed, unsubscribed, bounced …")),
            ("refuses", _("Yes: wants no advertising")),
            *((f"topic.{key}", _("Agrees to: %(topic)s") % {"topic": each}) for key, each in topics),
            ("given_at", _("When permission was given")),
            ("given_ip", _("From which address permission was given")),
            ("left_at", _("When the person left")),
            ("left_why", _("Why the person left")),
            ("left_letter", _("After which letter the person left")),
        ]),
        (_("What people did"), [
            ("did", _("What it was: sent, opened, clicked …")),
            ("did_at", _("When it was")),
            ("letter", _("Which letter it was about")),
            ("did_link", _("Which link was followed")),
            *((f"{AT}{each.key}", _("When: %(what)s") % {"what": each.said}) for each in DEEDS),
        ]),
    ]  # fmt: skip
    offered = {key for _label, some in groups for key, _words in some}
    exact = sorted({each for each in run.mapping.values() if each not in offered and ":" in each})
    if exact:
        groups[1][1].extend((each, each.replace(":", ": ")) for each in exact)
    return [(label, some) for label, some in groups if some]


class MappingForm(ColumnsForm):
    """What becomes of columns, and what holds for all rows."""

    known = forms.ChoiceField(
        label=gettext_lazy("What is known already"),
        choices=[
            ("change", gettext_lazy("is changed to what the file says")),
            ("keep", gettext_lazy("stays; only what is missing is filled in")),
        ],
        initial="change",
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Whoever is subscribed in this file agreed to"), required=False
    )
    where = forms.CharField(
        label=gettext_lazy("Where they agreed"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Kept as proof with each of them: the form, page or event, such as the form of the old shop."
        ),
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("When they agreed"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("For rows that do not say it themselves."),
    )
    tag = forms.CharField(label=gettext_lazy("Tag for all"), max_length=80, required=False)
    space = forms.CharField(
        label=gettext_lazy("Numbers are of the system"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For a handle or a number of another system: which one, such as mastodon."),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country of phone numbers"),
        required=False,
        help_text=gettext_lazy("For numbers that are written without that of their country."),
    )
    deed = forms.ChoiceField(label=gettext_lazy("All rows tell that"), required=False)
    letter = forms.CharField(
        label=gettext_lazy("Which letter it was about"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For rows that do not say it themselves."),
    )

    def __init__(self, run: PeopleImport, *args: Any, **more: Any) -> None:
        options = Options(**run.options) if run.options else Options()
        start = {
            "known": "keep" if options.is_only_blank else "change",
            **{name: getattr(options, name) for name in HELD},
        }
        super().__init__(run, *args, **(more | {"initial": start}))
        topics: list[tuple[str, Any]] = [
            (NOTHING, pgettext_lazy("permission", "nothing: the file proves no permission"))
        ]
        topics += [("", _("All topics")), *permission.topics()]
        self.choices_offer("topic", topics)
        names = sorted(((code, country_name(code)) for code in country_codes()), key=lambda each: each[1])
        self.choices_offer("country", [("", _("Not known")), *names])
        deeds = [
            ("", _("nothing: each row says itself what it was")),
            *((each.key, each.said) for each in DEEDS),
        ]
        self.choices_offer("deed", deeds)
        self.columns_offer([(label, some) if label else some[0] for label, some in targets(run)])

    def clean(self) -> dict[str, Any]:
        """Ask for the proof of permission, and for something by which people are known."""
        given: dict[str, Any] = super().clean() or {}
        chosen = self.mapped(given).values()
        if not any(each.partition(":")[0] in ("email", "phone", "external", "social") for each in chosen):
            self.add_error(None, _("Say which column is an e-mail address, a phone or a number of a system."))
        claims = given.get("topic", NOTHING) != NOTHING or any(each.startswith("topic.") for each in chosen)
        if claims and not given.get("where", "").strip():
            self.add_error("where", _("Say where they agreed: without proof nobody may be written to."))
        if claims and not given.get("agreed_on") and "given_at" not in chosen:
            self.add_error("agreed_on", _("Say when they agreed, or which column says it."))
        day = given.get("agreed_on")
        if isinstance(day, date) and day > timezone.localdate():
            self.add_error("agreed_on", _("This day is still to come."))
        if not given.get("space", "").strip() and {"external", "social"} & set(chosen):
            self.add_error("space", _("Say which system it is."))
        says = "did" in chosen or bool(given.get("deed"))
        if says and "did_at" not in chosen:
            self.add_error(
                None, _("Say which column says when people did it: without it nothing can be told.")
            )
        if "did_at" in chosen and not says:
            self.add_error("deed", _("Say what it was, or which column says it."))
        return given

    @property
    def chosen(self) -> tuple[dict[str, str], Options]:
        """Return what was said on a valid form."""
        given = self.cleaned_data
        options = Options(
            is_only_blank=given["known"] == "keep",
            tag=given["tag"].strip(),
            space=given["space"].strip(),
            country=given["country"],
            topic=given["topic"],
            where=given["where"].strip(),
            agreed_on=given["agreed_on"].isoformat() if given["agreed_on"] else "",
            decimal=given["decimal"],
            deed=given["deed"],
            letter=given["letter"].strip(),
        )
        return self.mapped(given), options
