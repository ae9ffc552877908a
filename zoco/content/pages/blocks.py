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


class Body(blocks.StreamBlock):
    """Blocks in any order. A picture must say what is on it, unless it is only decoration."""

    text = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=FEATURES, template="zoco/content/blocks/text.html"
    )
    image = ImageBlock(label=_("Image"), template="zoco/content/blocks/image.html")
    quote = Quote()
    button = Button()
    signup = SignUp()
