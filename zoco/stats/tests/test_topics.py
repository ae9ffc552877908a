"""Topics of known groups of answers, in the four languages."""

import random

import pytest

from zoco.stats.texts.terms import terms_of
from zoco.stats.texts.topics import LEAST, TEXTS_MOST, TooFewTexts, grouped, topics_usual

GROUPS = {
    "en": (
        ("delivery", "deliveries", "parcel", "courier", "late", "slow", "shipping"),
        ("price", "prices", "expensive", "cheaper", "discount", "cost"),
        ("website", "login", "password", "app", "crashes", "checkout"),
    ),
    "es": (
        ("envío", "envíos", "paquete", "mensajero", "tarde", "lento"),
        ("precio", "precios", "caro", "descuento", "barato", "rebaja"),
        ("página", "contraseña", "aplicación", "falla", "cuenta", "acceso"),
    ),
    "ru": (
        ("доставка", "доставки", "посылка", "курьер", "опоздал", "медленно"),
        ("цена", "цены", "дорого", "скидка", "скидки", "дешевле"),
        ("сайт", "пароль", "приложение", "зависает", "вход", "аккаунт"),
    ),
    "zh": (
        ("快递", "送货慢", "包裹迟到", "物流"),
        ("价格", "太贵", "折扣少", "便宜"),
        ("网站", "密码", "登录失败", "应用闪退"),
    ),
}
FILLERS = {
    "en": ("the", "is", "very", "and", "too", "please"), "es": ("el", "es", "muy", "y", "por", "la"),
    "ru": ("это", "очень", "и", "не", "был", "у"), "zh": ("的", "很", "了", "太", "我", "是"),
}  # fmt: skip


def answers(language: str, each: int = 20) -> tuple[list[str], list[int]]:
    draw = random.Random(5)
    joint = "" if language == "zh" else " "
    made = []
    for group, words in enumerate(GROUPS[language]):
        for _number in range(each):
            said = draw.sample(words, 3) + draw.sample(FILLERS[language], 2)
            draw.shuffle(said)
            made.append((joint.join(said), group))
    draw.shuffle(made)
    return [text for text, _group in made], [group for _text, group in made]


@pytest.mark.parametrize("language", GROUPS)
def test_answers_of_known_groups_are_found_and_named_by_their_words(language: str) -> None:
    texts, truth = answers(language)

    found = grouped(texts, 3)

    assert len(found.topics) == 3
    assert sum(len(each.texts) for each in found.topics) + len(found.rest) == len(texts)
    right = 0
    for topic in found.topics:
        groups = [truth[text] for text in topic.texts]
        most = max(set(groups), key=groups.count)
        right += groups.count(most)
        said = "".join(GROUPS[language][most])
        assert all(word in said for word in topic.words), topic.words
        assert len(topic.words) == 3
    assert right >= 0.95 * len(texts)


def test_all_languages_together_keep_apart_what_has_no_word_in_common() -> None:
    texts = [text for language in GROUPS for text in answers(language, 10)[0]]

    found = grouped(texts, 12)

    assert len(found.topics) == 12
    owners = [{text // 30 for text in topic.texts} for topic in found.topics]
    assert sum(len(each) == 1 for each in owners) >= 11


def test_the_same_texts_give_the_same_topics() -> None:
    texts = answers("en")[0]

    assert grouped(texts) == grouped(texts)
    assert topics_usual(60) == 2
    assert (topics_usual(3_000), topics_usual(160)) == (12, 4)


def test_too_few_answers_are_no_topics() -> None:
    texts = answers("en")[0][: LEAST - 1]
    with pytest.raises(TooFewTexts) as few:
        grouped([*texts, "", "!!!", "unheard"])

    assert few.value.texts == LEAST - 1
    with pytest.raises(TooFewTexts):
        grouped([])
    with pytest.raises(TooFewTexts):
        grouped(["good"] * 30)  # a word that all have parts nothing
    with pytest.raises(ValueError, match="At most"):
        grouped(["a"] * (TEXTS_MOST + 1))


def test_terms_are_beginnings_of_words_and_pairs_of_signs() -> None:
    assert list(terms_of("The DELIVERIES, 12x; é!")) == [("delive", "deliveries")]
    assert [term for term, _form in terms_of("快递的速度")] == ["快递", "速度"]
    assert list(terms_of("\0 \ud800")) == []
