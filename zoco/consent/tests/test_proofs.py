"""What a proof says stands name by name, in the reader's language and with his moments."""

from datetime import UTC, datetime

from django.utils.translation import override

from zoco.consent.proofs import proof_named


def moment(at: datetime) -> str:
    return f"{at:%d.%m. %H:%M}"


def test_usual_names_come_first_in_their_order_and_others_as_they_were_kept() -> None:
    asked = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    proof = {"zone": "Europe/Madrid", "asked_at": asked.isoformat(), "text": "Yes.", "form": "unsubscribe"}

    with override("en"):
        said = proof_named(proof, moment)

    assert said == [
        ("Form", "the link in a letter"), ("What was shown", "Yes."), ("Asked", "04.05. 09:30"),
        ("zone", "Europe/Madrid"),
    ]  # fmt: skip
    with override("es"):
        assert proof_named({"form": "news", "told_at": "never"}, moment) == [
            ("Formulario", "news"), ("Comunicado", "never"),
        ]  # fmt: skip
