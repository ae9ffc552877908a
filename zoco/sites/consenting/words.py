"""What the banner says, in the language of the page. The version of what was shown is a hash of it."""

from dataclasses import asdict, dataclass
from hashlib import blake2b

from django.conf import settings
from django.utils.translation import get_supported_language_variant, gettext, override

from zoco.sites.models import Site


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that the banner shows. `text` is what somebody agrees to."""

    language: str
    title: str
    text: str
    accept: str
    decline: str
    change: str
    given: str
    declined: str
    nobody: str
    link_text: str
    link: str

    @property
    def version(self) -> str:
        """Return what changes whenever something is said in another way."""
        said = "\0".join(str(value) for value in asdict(self).values())
        return blake2b(said.encode(), digest_size=6).hexdigest()


def language_for(asked: str) -> str:
    """Return the language to speak to a page in: its own if we have it, else the installation's."""
    try:
        return get_supported_language_variant(asked[:35])
    except LookupError:
        return settings.LANGUAGE_CODE


def words_of(site: Site, language: str) -> Words:
    """Return a site's banner in a language."""
    with override(language):
        return Words(
            language=language,
            title=gettext("May we recognise you next time?"),
            text=site.banner_text.strip()
            or gettext(
                "If you agree, we keep a random number in a cookie for 180 days, to know whether visits on "
                "different days are of the same browser. It goes to nobody else. If you decline, we count "
                "this visit without a cookie. You can change your mind at any time."
            ),
            accept=gettext("Accept"),
            decline=gettext("Decline"),
            change=gettext("Privacy choices"),
            given=gettext("You accepted."),
            declined=gettext("You declined."),
            nobody=gettext("none"),
            link_text=gettext("More about privacy") if site.banner_link else "",
            link=site.banner_link,
        )
