"""People, how they are known, and what is known of them."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.people import attributes, identities
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.called import full_name
from zoco.people.doubles.models import LikeKey, Likeness
from zoco.people.importing.models import PeopleImport

__all__ = [
    "Attribute", "AttributeValue", "Audience", "AudienceChange", "Identity", "LikeKey", "Likeness", "Merge",
    "Note", "PeopleImport", "Person", "Tag", "Tagged", "Word",
]  # fmt: skip
NUMBER_BASE = 1 << 62
"""Numbers of people in the ledger lie above; below are numbers that sites give to their customers."""
WORD_LONGEST = 40


class Person(models.Model):
    """Someone known to the installation. One that was merged stands for nobody until that is undone."""

    name = models.CharField(pgettext_lazy("person", "name"), max_length=200, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("last changed"))
    is_compared = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["-id"]
        permissions = [
            ("export_person", _("May take out files of people")),
            ("erase_person", _("May erase people")),
        ]
        indexes = [
            models.Index("country", "id", name="zoco_people_country"),
            models.Index("language", "id", name="zoco_people_language"),
            models.Index("id", name="zoco_people_to_compare", condition=models.Q(is_compared=False)),
        ]

    def __str__(self) -> str:
        return self.name or full_name(self.given_name, self.family_name) or _("Person %d") % self.pk

    @property
    def number(self) -> int:
        """The person in the ledger."""
        return NUMBER_BASE | self.pk


FIELDS = {
    "name": 200, "given_name": 100, "family_name": 100, "language": 12, "zone": 64, "country": 2, "city": 100
}  # fmt: skip
"""What everybody may have, and how long it may be."""


class Identity(models.Model):
    """How a person is known; each stands for one person. Of each kind and system one is used (`mains`)."""

    class Kind(models.TextChoices):
        """What an identity may be."""

        EXTERNAL = "external", _("number of another system")
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        SOCIAL = "social", _("handle")

    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    space = models.CharField(_("system"), max_length=identities.SPACE_LONGEST, blank=True)
    key = models.CharField(max_length=identities.VALUE_LONGEST, editable=False)
    value = models.CharField(_("value"), max_length=identities.VALUE_LONGEST)
    is_main = models.BooleanField(_("is used"), default=True)
    proved_at = models.DateTimeField(_("proved"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        ordering = ["person", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "space", "key"], name="zoco_people_one_person"),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def place(self) -> tuple[str, str, str]:
        """What is there once among all people."""
        return (self.kind, self.space, self.key)


class Attribute(models.Model):
    """Something that may be known of people, of a kind, under a key that letters use."""

    class Kind(models.TextChoices):
        """What its values are."""

        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        FLAG = "flag", _("yes or no")
        DAY = "day", _("day")
        MOMENT = "moment", _("moment")
        CHOICE = "choice", _("one of a list")
        CHOICES = "choices", _("some of a list")

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Write small letters, digits and _."))],
    )
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    choices = models.JSONField(_("list"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering = ["label", "id"]

    def __str__(self) -> str:
        return self.label


class AttributeValue(models.Model):
    """A row by which people of a value are found; made from `Person.attributes`, never edited."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    text = models.CharField(max_length=attributes.INDEXED_LONGEST, blank=True)
    number = models.FloatField(null=True)

    class Meta:
        indexes = [
            models.Index("attribute", "text", "person", name="zoco_people_by_text"),
            models.Index("attribute", "number", "person", name="zoco_people_by_number"),
        ]

    def __str__(self) -> str:
        return self.text or str(self.number)


class Word(models.Model):
    """A word by which a person is found."""

    word = models.CharField(max_length=WORD_LONGEST)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "person"], name="zoco_people_word_once"),
        ]

    def __str__(self) -> str:
        return self.word


class Tag(models.Model):
    """A word that people bear."""

    name = models.CharField(pgettext_lazy("tag", "name"), max_length=80, unique=True)

    class Meta:
        verbose_name = pgettext_lazy("person", "tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tagged(models.Model):
    """That a person bears a tag."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged")
    person = models.ForeignKey(Person, models.CASCADE, related_name="tagged")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "person"], name="zoco_people_tag_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.tag_id}"


class Note(models.Model):
    """What a colleague wrote about a person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=5_000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.text[:40]


class Edit(models.Model):
    """What was changed of a person by hand or by a program. It goes with the person when that is erased."""

    class What(models.TextChoices):
        """What was done."""

        MADE = "made", _("added")
        CHANGED = "changed", pgettext_lazy("edit", "changed")
        NAMED = "named", _("identity added")
        USED = "used", _("another one is used")
        UNNAMED = "unnamed", _("identity removed")
        TAGGED = "tagged", _("tag added")
        UNTAGGED = "untagged", _("tag removed")
        UNJOINED = "unjoined", _("browser taken away")
        MERGED = "merged", _("merged with another")
        PARTED = "parted", _("merge undone")

    person = models.ForeignKey(Person, models.CASCADE, related_name="edits")
    what = models.CharField(max_length=8, choices=What.choices)
    details = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of a person")
        verbose_name_plural = _("changes of people")
        ordering = ["-at", "-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.person_id}: {self.what}"


class Merge(models.Model):
    """That one person was merged into another, and all that is needed to undo it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    into = models.ForeignKey(Person, models.CASCADE, related_name="+")
    why = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    before = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.person_id} into {self.into_id}"
