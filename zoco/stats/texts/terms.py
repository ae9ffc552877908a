"""Terms of short texts: words by their first letters, and pairs of signs where no words are written apart.

A word counts by its first STEM letters, so that its forms (доставка, доставки; delivery, deliveries) are one
term; it is called by the form that is most frequent. Chinese has no spaces: every two neighbouring signs are
a term (bigrams, J.-Y. Nie, J. Gao, J. Zhang, M. Zhou, On the use of words and n-grams for Chinese information
retrieval, IRAL 2000, 141-148: as good as parting words by a dictionary).
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from zoco.stats.texts.stopwords import SIGNS, WORDS

STEM = 6
SHORTEST = 3
_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W\d_\u3400-\u9fff\uf900-\ufaff]+")


def terms_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield (term, form) for each place of a text that says something."""
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold()):
        if "\u3400" <= run[0] <= "\ufaff":
            for first, second in pairwise(run):
                if first not in SIGNS and second not in SIGNS:
                    yield first + second, first + second
        elif len(run) >= SHORTEST and run not in WORDS:
            yield run[:STEM], run
