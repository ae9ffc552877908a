"""Ten thousand damaged lines: no crash, no wrong fact, every refusal counted."""

from random import Random

import pytest

from zoco.collector.tests.fuzzing import SEEDS, check, damaged
from zoco.sites.published import PublishedSite


@pytest.mark.parametrize("key", sorted(SEEDS))
def test_damaged_lines_are_facts_or_refusals(key: str, site: PublishedSite) -> None:
    facts, refused = check(site, key, list(damaged(key, 2_500, Random(key))))

    assert facts + refused > 2_400
    assert facts > 500
    assert refused > 500


def test_noise_is_refused(site: PublishedSite) -> None:
    rnd = Random(1)
    lines = [rnd.randbytes(rnd.randrange(1, 300)).replace(b"\n", b"") or b"x" for _ in range(500)]

    for key in SEEDS:
        assert check(site, key, lines) == (0, 500)
