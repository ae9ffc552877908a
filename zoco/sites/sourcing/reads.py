"""Which source channel tags make on a site, and why."""

from zoco.sites.models import Site
from zoco.sites.sources.channels import judged
from zoco.sites.sourcing import services
from zoco.sites.sourcing.said import channel_said, why


def channel_of(*, site: int, source: str, medium: str, campaign: str) -> tuple[str, str]:
    """Return the name of the channel of visits that bear these tags, and why it is that, in words."""
    own = services.own_sources(Site.objects.get(pk=site))
    found = judged(source, medium, campaign, "", own)
    return channel_said(found.channel), why(found, own.rules)
