"""What happens to counts of failures when people are forgotten: those of their addresses go."""

from zoco.consent.suppressing import hashes_of
from zoco.kit.periods import moment_at
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.mail.inbox.models import SoftCount
from zoco.people.models import NUMBER_BASE, Identity


@ERASERS.plug
class FailureEraser:
    """How often addresses took no letters for a while."""

    key = "failures"
    label = "counts of failures"

    def keep(self, erasure: Erasure) -> None:
        """Forget them while it is known which addresses are whose; nothing is kept."""
        if erasure.site:
            return
        keys = [number ^ NUMBER_BASE for number in erasure.persons if number >= NUMBER_BASE]
        named = Identity.objects.filter(person__in=keys, person__created_at__lte=moment_at(erasure.at))
        places = named.values_list("kind", "space", "key")
        SoftCount.objects.filter(hash__in=list(hashes_of(places))).delete()

    def erase(self, erasure: Erasure) -> int:
        """Nothing is left to erase."""
        return 0

    def known(self) -> tuple[Pairs, Pairs]:
        """Return nobody: a hash does not say whose it is."""
        return [], []
