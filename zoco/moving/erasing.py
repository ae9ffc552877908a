"""Archives as an eraser of the ledger knows them: whoever is in one cannot be told, so all of them go."""

from django.db.models import Q, QuerySet

from zoco.kit.periods import moment_at
from zoco.ledger import sitebook
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.moving.models import SiteMove
from zoco.moving.running import archives_forget, archives_of, archives_set_aside


@ERASERS.plug
class ArchivesEraser:
    """Archives of sites in the data folder; of those that were taken elsewhere nothing is known."""

    key = "archives"
    label = "archives of sites"

    def owe(self, erasure: Erasure) -> None:
        """Set them aside before anything is erased: killed in between, nobody gets them any more."""
        with sitebook.everything():
            archives_set_aside(_moves(erasure).filter(created_at__lte=moment_at(erasure.at)))

    def erase(self, erasure: Erasure) -> int:
        """Delete those begun until then; one that is being written is stopped and can be begun anew."""
        with sitebook.everything():
            return archives_forget(_moves(erasure).filter(created_at__lte=moment_at(erasure.at)))

    def known(self) -> tuple[Pairs, Pairs]:
        """Return nobody: an archive is not asked."""
        return [], []

    def held(self, whom: Erasure) -> list[str]:
        """Name the archives in which they may be."""
        with sitebook.everything():
            return [str(path) for path in archives_of(_moves(whom))]


def _moves(whom: Erasure) -> QuerySet[SiteMove]:
    moves = SiteMove.objects.all()
    return moves.filter(Q(site=whom.site) | Q(site=None)) if whom.site else moves
