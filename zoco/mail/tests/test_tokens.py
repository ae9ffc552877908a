"""Tokens of messages: each holds for its message alone, and hides which that is."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from zoco.mail.counting.tokens import TokenWrong, token_made, token_read, tokens_made

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


def test_token_holds_for_its_message_alone(settings: Any) -> None:
    message = UUID("019e0000-0000-7000-8000-000000000001")

    made = token_made(message=message, batch=4_000_000_000, at=NOON)

    assert len(made) == 40
    assert message.bytes not in urlsafe_b64decode(made)  # whoever is handed a link cannot name the letter
    assert token_read(made) == (message, 4_000_000_000, NOON.date())
    changed = [made[:n] + ("A" if made[n] != "A" else "B") + made[n + 1 :] for n in range(40)]
    for wrong in [
        *changed,
        made[:-1],
        made + "A",
        made + "=",
        made[:-4],
        "",
        "ñ" * 40,
        "!" * 40,
        made[:39] + " ",
    ]:
        with pytest.raises(TokenWrong):
            token_read(wrong)

    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another key"
    with pytest.raises(TokenWrong):
        token_read(made)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert token_read(made).message == message


def test_tokens_of_many_messages_are_those_of_each_in_their_order() -> None:
    messages = [uuid4() for _ in range(300)]

    made = tokens_made(messages=messages, batch=7, at=NOON)

    assert [token_read(each.counted).message for each in made] == messages
    assert [token_read(each.online, use="online").message for each in made] == messages
    assert [each.counted for each in made] == [
        token_made(message=each, batch=7, at=NOON) for each in messages
    ]
    assert tokens_made(messages=[], batch=7, at=NOON) == []
