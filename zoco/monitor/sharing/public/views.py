"""What everybody sees of a site: the pages of a shared link, at the site's short name."""

from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.shell import Context
from zoco.monitor.sharing.models import SharedLink
from zoco.monitor.sharing.public.models import PublicBoard
from zoco.monitor.sharing.public.services import board_found
from zoco.monitor.sharing.views import SharedExport, SharedFrame, SharedOverview, SharedPanel, SharedReport


class PublicFrame(SharedFrame):
    """Lets in everybody. In frames of other pages only where that is on."""

    namespace: ClassVar[str] = "zoco_public"

    board: PublicBoard | None = None

    def link_of(self, word: str) -> SharedLink | None:
        """Return the link of the site's public dashboard."""
        self.board = board_found(word, at=timezone.now())
        return self.board.link if self.board else None

    def headed(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Let robots and frames in where that is on, and otherwise neither."""
        super().headed(request, response)
        if self.is_listed:
            del response.headers["X-Robots-Tag"]
        if self.board is not None and self.board.may_embed:
            response.xframe_options_exempt = True  # type: ignore[attr-defined]
            response.zoco_frames = True  # type: ignore[attr-defined]  # the policy of the project asks for it

    @property
    def is_listed(self) -> bool:
        """Whether robots may list this very page."""
        is_first = isinstance(self, SharedOverview) and not self.request.GET
        return is_first and self.board is not None and self.board.may_index

    def context(self, site: SiteInfo | None) -> Context:
        """Return what the frame needs, and whether robots may list the page."""
        return super().context(site) | {"is_listed": self.is_listed}


class PublicOverview(PublicFrame, SharedOverview):
    """The dashboard."""


class PublicReport(PublicFrame, SharedReport):
    """A report."""


class PublicPanel(PublicFrame, SharedPanel):
    """The first rows of a report."""


class PublicExport(PublicFrame, SharedExport):
    """A report as a file."""
