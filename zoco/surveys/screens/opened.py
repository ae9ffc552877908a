"""What topics of answers and brand lift open to; questions say their own in `said.method`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zoco.ledger.pictures.explained import Explained

TOPICS = (
    "G. Salton, C. Buckley, Information Processing & Management 24 (1988) 513–523; D. D. Lee, H. S. Seung, "
    "Nature 401 (1999) 788–791"
)
LIFT = (
    "E. B. Wilson, J. Amer. Stat. Assoc. 22 (1927) 209–212; R. G. Newcombe, Statistics in Medicine 17 (1998) "
    "873–890, method 10"
)


def topics(question: str, count: str) -> Explained:
    """Return what topics open to."""
    return Explained(
        _(
            "Words count by their first six letters, so that forms of a word are one; words that only join "
            "are left out; of Chinese every two neighbouring signs count. A topic is called by its three "
            "most telling words, and an answer belongs to the topic that is most of it."
        ),
        [
            (_("Weight of a word"), "TF-IDF"),
            (_("Topics"), "min ‖V − W H‖², W ≥ 0, H ≥ 0"),
            (_("Share"), _("answers of the topic ÷ all answers")),
        ],
        TOPICS,
        [(_("Question"), question), (_("Answers"), count)],
        _(
            "Begun four times from the same seed: the same answers give the same topics. Topics have no "
            "bounds: nobody has read the answers, so read some of each before you trust one."
        ),
    )


def lift(trial: str, left_out: str, zone: str) -> Explained:
    """Return what brand lift opens to."""
    return Explained(
        _(
            "Of the units of each arm that answered since they saw it, the share that gave this answer; the "
            "difference is that of an arm with the control."
        ),
        [
            (_("Share"), _("gave the answer ÷ answered since")),
            (_("Difference"), "d = p − p₀"),
            (
                _("Interval of the difference"),
                "d − √((p − l)² + (u₀ − p₀)²) … d + √((u − p)² + (p₀ − l₀)²)",
            ),
        ],
        LIFT,
        [(_("Trial"), trial), (_("Time zone"), zone), (_("Left out"), left_out)],
        _(
            "Intervals of 95 %: of a share by Wilson's score, of a difference by Newcombe's method 10 "
            "(Statistics in Medicine 17, 1998, 873–890). They are of one look: decide before when you "
            "look, and do not stop when you like what you see."
        ),
    )
