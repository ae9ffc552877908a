"""The home page of a new installation, in place of Wagtail's example; what an owner made stays."""

from urllib.parse import SplitResult

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from zoco.content.pages.models import HomePage

WELCOME = "Welcome to your new Wagtail site!"


@transaction.atomic
def home_ensure(address: SplitResult) -> bool:
    """Put a home page where Wagtail's example still lies untouched; return whether one was made.

    The site gets the host name and port of `address` if nobody has named it yet.
    """
    site = Site.objects.select_for_update().filter(is_default_site=True).first()
    if site is None or not _is_untouched(site.root_page):
        return False
    example = Page.objects.get(pk=site.root_page_id)
    with translation.override(example.locale.language_code):
        home = HomePage(title=_("Welcome"), slug="start", locale=example.locale, **_words())
    example.get_parent().add_child(instance=home)
    home.save_revision().publish()
    site.root_page = Page.objects.get(pk=home.pk)
    if site.hostname == "localhost":
        site.hostname = address.hostname or "localhost"
        site.port = address.port or (443 if address.scheme == "https" else 80)
    site.save()
    example.delete()
    return True


def _is_untouched(page: Page) -> bool:
    return page.title == WELCOME and page.specific_class is Page and page.latest_revision_id is None


def _words() -> dict[str, object]:
    paragraph = _("Whoever looks after this site can log in and write what belongs here.")
    return {
        "intro": _("This site has just been set up. There is more to read soon."),
        "body": [("text", f"<p>{paragraph}</p>")],
    }
