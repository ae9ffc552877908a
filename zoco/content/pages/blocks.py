"""What the body of a page is made of."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

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


class Body(blocks.StreamBlock):
    """Blocks in any order. A picture must say what is on it, unless it is only decoration."""

    text = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=FEATURES, template="zoco/content/blocks/text.html"
    )
    image = ImageBlock(label=_("Image"), template="zoco/content/blocks/image.html")
    quote = Quote()
    button = Button()
