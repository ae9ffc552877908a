"""Tags on an address, and what is wrong with them."""

import pytest

from zoco.campaigns.tags import Warned, alike, plain, spellings, tagged, tags_in, warned

GOOD = {"source": "facebook", "medium": "paid_social", "campaign": "spring"}


@pytest.mark.parametrize(
    ("address", "tags", "expected"),
    [
        ("https://s.example", {"source": "a"}, "https://s.example/?utm_source=a"),
        (
            "https://s.example/p?x=1&utm_source=old&utm_id=7#part",
            {"source": "new", "medium": "e mail"},
            "https://s.example/p?x=1&utm_id=7&utm_source=new&utm_medium=e%20mail#part",
        ),
        (
            "https://s.example/?q=%D0%B0",
            {"campaign": "скидка&x", "term": ""},
            "https://s.example/?q=%D0%B0&utm_campaign=%D1%81%D0%BA%D0%B8%D0%B4%D0%BA%D0%B0%26x",
        ),
    ],
)
def test_tags_take_the_place_of_those_that_were_there(
    address: str, tags: dict[str, str], expected: str
) -> None:
    assert tagged(address, tags) == expected
    assert tagged(expected, tags) == expected
    assert {name: value for name, value in tags_in(expected).items() if value} == {
        name: value for name, value in tags.items() if value
    }


@pytest.mark.parametrize(
    ("value", "known", "expected"),
    [
        ("facebok", ["facebook", "face"], "facebook"),
        ("news-leter", ["newsletter"], "newsletter"),
        ("spring24", ["spring25"], ""),
        ("cpm", ["cpc"], ""),
        ("mail", ["email"], "email"),
        ("email", ["gmail.com", "sms"], ""),
        ("Рассылка", ["расылка"], "расылка"),
    ],
)
def test_a_misspelling_is_told_from_another_word(value: str, known: list[str], expected: str) -> None:
    assert alike(value, known) == expected


def test_what_people_write_differently_is_the_same() -> None:
    assert plain("Spring-Sale") == plain("spring_sale") == plain(" SPRING  SALE ") == "springsale"


def test_nothing_is_wrong_with_words_that_are_listed() -> None:
    listed = {"source": ["facebook"], "medium": ["paid_social"], "campaign": ["spring"]}
    assert warned(GOOD, listed=listed, seen={}) == []
    assert warned(GOOD, listed={}, seen={"source": ["Facebook", "facebook"]}) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"source": ""}, Warned("missing", "source", "")),
        ({"source": "Facebook"}, Warned("doubled", "source", "Facebook", "facebook")),
        ({"source": "facebok"}, Warned("misspelt", "source", "facebok", "facebook")),
        ({"source": "bakery"}, Warned("unlisted", "source", "bakery")),
        ({"campaign": "Summer"}, Warned("capitals", "campaign", "Summer", "summer")),
        ({"campaign": "big sale"}, Warned("spaces", "campaign", "big sale", "big-sale")),
        ({"content": "ana@x.example"}, Warned("personal", "content", "ana@x.example")),
        ({"medium": "paid-social"}, Warned("doubled", "medium", "paid-social", "paid_social")),
    ],
)
def test_each_fault_is_found(change: dict[str, str], expected: Warned) -> None:
    found = warned(GOOD | change, listed={"source": ["facebook"]}, seen={"medium": ["paid_social"]})

    assert found == [expected]


def test_tags_that_were_there_and_are_replaced_are_told() -> None:
    found = warned(GOOD, listed={}, seen={}, before={"source": "x", "medium": "paid_social"})

    assert found == [Warned("replaced", "source", "x", "facebook")]


def test_of_two_spellings_the_listed_one_is_right_else_the_more_frequent() -> None:
    seen = ["newsletter", "Facebook", "facebook", "newsleter", "spring24", "spring25"]

    assert spellings(seen, ["facebook"]) == [
        Warned("doubled", "", "Facebook", "facebook"),
        Warned("misspelt", "", "newsleter", "newsletter"),
    ]


def test_five_thousand_values_are_compared_quickly() -> None:
    seen = [f"value-{number:05d}-{'abcdefghij'[number % 10] * 8}" for number in range(5_000)]

    assert spellings(seen, []) == []
