"""Rules about other audiences. One by rules is counted anew, so that nothing is as old as its last count."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.counting import people_of
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong
from zoco.people.audiences.models import Audience
from zoco.people.audiences.rules import RuleWrong, rules_read


def audiences_known() -> list[tuple[int, str]]:
    """Return the audiences that there are."""
    return list(Audience.objects.order_by("name", "id").values_list("pk", "name"))


def is_member(audience: int, person: int) -> bool:
    """Return whether somebody is in an audience, as it was when it was counted last; of none that is gone."""
    kept = Audience.objects.filter(pk=audience).values_list("members", flat=True).first()
    return person in unpacked(kept) if kept and 0 < person < 1 << 32 else False


class MembershipForm(LeafForm):
    """Another audience."""

    audience = forms.TypedChoiceField(
        label=pgettext_lazy("rule", "Audience"), choices=audiences_known, coerce=int
    )


@LEAVES.plug
class MembershipLeaf(FormLeaf):
    """Being in another audience; one by rules is counted anew."""

    key = "audience"
    label = gettext_lazy("Another audience")
    form = MembershipForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Find who is in it. Raises LeafWrong for one that, in the end, asks for itself."""
        key = rule["audience"]
        if key in asked.within:
            names = dict(Audience.objects.filter(pk__in=asked.within).values_list("pk", "name"))
            words = gettext_noop("These audiences ask for each other: %(names)s. Take the rule out of one.")
            raise LeafWrong(words, names=", ".join(names.values()))
        if key not in asked.held:
            asked.held[key] = self._of(key, asked)
        return asked.held[key]

    def _of(self, key: int, asked: Asked) -> Found:
        audience = Audience.objects.filter(pk=key).first()
        if audience is None:
            raise LeafWrong(gettext_noop("An audience that these rules ask for is there no more."))
        if audience.kind == Audience.Kind.STATIC:
            return Found(unpacked(audience.members), is_sure=False)
        before, asked.within = asked.within, (*asked.within, key)
        try:
            return Found(people_of(rules_read(audience.rules), asked))
        except RuleWrong as wrong:
            raise LeafWrong(wrong.words, **wrong.places) from wrong
        finally:
            asked.within = before

    def said(self, rule: Json) -> str:
        """Say it."""
        name = Audience.objects.filter(pk=rule["audience"]).values_list("name", flat=True).first()
        return _("in the audience %(name)s") % {"name": name or rule["audience"]}
