"""Errors in whole sentences with named places. Here they are English; who shows them to people translates."""


class Said(Exception):
    """An error whose sentence and places stay apart, so that it can be said in another language.

    `str()` is English: for logs, programs and commands. Sentences are marked for translation where they are
    raised; those of the kit, which has no catalogue, in `zoco.ledger.views.problems`.
    """

    def __init__(self, words: str, **places: object) -> None:
        super().__init__(words, places)
        self.words = words
        self.places = places

    def __str__(self) -> str:
        return self.words % self.places
