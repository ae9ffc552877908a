"""What the body of a page is made of."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

from zoco.consent.signup.models import Form
from zoco.consent.signup.showing import fragment
from zoco.ledger import sitebook
from zoco.surveys.models import Survey
from zoco.surveys.taking.showing import fragment as survey_fragment
from zoco.trials.choices import Unit
from zoco.trials.models import Trial
from zoco.trials.remote.views import arm_on_page

FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "hr", "link", "document-link"]


class Quote(blocks.StructBlock):
    """What somebody said, and who."""

    text = blocks.TextBlock(label=_("What was said"))
    who = blocks.CharBlock(label=_("Who said it"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "zoco/content/blocks/quote.html"


class Button(blocks.StructBlock):
    """A link that stands by itself: to a page of the site, or to an address."""

    text = blocks.CharBlock(label=_("Words on the button"), max_length=80)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.URLBlock(label=_("Or an address elsewhere"), required=False)

    class Meta:
        icon = "link"
        label = _("Button")
        template = "zoco/content/blocks/button.html"

    def clean(self, value: Any) -> Any:
        """Return the value. Raises StructBlockValidationError unless it leads to exactly one place."""
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["address"]):
            wrong = ValidationError(_("Choose a page, or write an address: one of the two."))
            raise StructBlockValidationError(block_errors={"address": wrong})
        return cleaned


def forms_offered() -> list[tuple[str, str]]:
    """Return the forms that a page can hold."""
    return list(Form.objects.order_by("name", "pk").values_list("key", "name"))


class SignUp(blocks.StructBlock):
    """A form to sign up, in the language of the page. One that is gone leaves nothing behind."""

    form = blocks.ChoiceBlock(label=_("Form"), choices=forms_offered)

    class Meta:
        icon = "mail"
        label = _("Sign-up form")
        template = "zoco/content/blocks/signup.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the form as it stands in the page; it holds nothing of its reader, so pages can be kept."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        found = Form.objects.filter(key=value["form"], is_on=True).first()
        context["form"] = fragment(found, get_language() or "en") if found else ""
        context["script"] = reverse("zoco_form_script")
        return context


def surveys_offered() -> list[tuple[str, str]]:
    """Return the surveys that a page can hold."""
    return list(Survey.objects.exclude(state=Survey.State.CLOSED).order_by("-id").values_list("key", "name"))


class Asked(blocks.StructBlock):
    """A survey, in the language of the page. One that does not run leaves nothing behind."""

    survey = blocks.ChoiceBlock(label=_("Survey"), choices=surveys_offered)

    class Meta:
        icon = "form"
        label = _("Survey")
        template = "zoco/content/blocks/survey.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the survey as it stands in the page; it holds nothing of its reader, so pages can be kept."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        with sitebook.everything():
            found = Survey.objects.filter(key=value["survey"], state=Survey.State.RUNNING).first()
        context["fragment"] = survey_fragment(found, get_language() or "en", way="block") if found else ""
        context["script"] = reverse("zoco_form_script")
        return context


def trials_offered() -> list[tuple[str, str]]:
    """Return the trials that a page can show: those of visitors that are not in the archive."""
    found = Trial.objects.filter(is_public=True).exclude(unit=Unit.PERSON).exclude(state="archived")
    named = dict(found.order_by("-id").values_list("key", "name"))
    return [(key, f"{name} ({key})") for key, name in named.items()]


class Content(blocks.StreamBlock):
    """What an arm shows."""

    text = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=FEATURES, template="zoco/content/blocks/text.html"
    )
    image = ImageBlock(label=_("Image"), template="zoco/content/blocks/image.html")
    quote = Quote()
    button = Button()


class Variant(blocks.StructBlock):
    """What is shown to whoever gets an arm."""

    arm = blocks.CharBlock(label=_("Key of the arm"), max_length=40)
    content = Content(label=_("What it shows"))

    class Meta:
        icon = "copy"
        label = _("Variant")


class Tried(blocks.StructBlock):
    """A trial: each reader sees the variant of his arm, chosen before the page is sent, so nothing flickers.

    The first variant is shown to whoever is not in the trial, and where the trial is gone.
    """

    trial = blocks.ChoiceBlock(label=_("Trial"), choices=trials_offered)
    variants = blocks.ListBlock(Variant(), label=_("Variants"), min_num=2, max_num=6)

    class Meta:
        icon = "duplicate"
        label = _("Trial")
        template = "zoco/content/blocks/trial.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the variant for whoever asks, and whether he counts."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        request = context.get("request")
        arm, counts = arm_on_page(request, value["trial"]) if request is not None else ("", False)
        variants = list(value["variants"])
        mine = next((each for each in variants if each["arm"].strip() == arm), None)
        context["arm"] = arm if mine is not None else ""
        context["content"] = (mine or variants[0])["content"] if variants else ""
        is_counted = bool(context.get("counted")) and not getattr(request, "is_preview", False)
        context["counts"] = counts and mine is not None and is_counted
        return context


class Body(blocks.StreamBlock):
    """Blocks in any order. A picture must say what is on it, unless it is only decoration."""

    text = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=FEATURES, template="zoco/content/blocks/text.html"
    )
    image = ImageBlock(label=_("Image"), template="zoco/content/blocks/image.html")
    quote = Quote()
    button = Button()
    signup = SignUp()
    trial = Tried()
    survey = Asked()
