"""Identities are one however they are written; what is none is told."""

import pytest
from email_validator import EmailNotValidError, validate_email

from zoco.people.identities import IdentityWrong, identity_read


@pytest.mark.parametrize(
    ("kind", "value", "more", "key", "shown"),
    [
        ("email", " Ana@Shop.Example ", {}, "ana@shop.example", "Ana@shop.example"),
        ("email", "josé@españa.es", {}, "josé@xn--espaa-rta.es", "josé@españa.es"),
        ("email", "почта@пример.рф", {}, "почта@xn--e1afmkfd.xn--p1ai", "почта@пример.рф"),
        ("phone", "600 123 456", {"country": "es"}, "+34600123456", "+34 600 12 34 56"),
        ("phone", "+7 (495) 123-45-67", {}, "+74951234567", "+7 495 123-45-67"),
        ("phone", "+52 1 55 1234 5678", {}, "+525512345678", "+52 55 1234 5678"),
        ("phone", "+5215512345678", {}, "+525512345678", "+52 55 1234 5678"),
        ("phone", "044 55 1234 5678", {"country": "mx"}, "+525512345678", "+52 55 1234 5678"),
        ("phone", "01 55 1234 5678", {"country": "mx"}, "+525512345678", "+52 55 1234 5678"),
        ("phone", "+52 155 123 4567", {}, "+521551234567", "+52 1551234567"),
        ("phone", "+54 9 11 1234 5678", {}, "+5491112345678", "+54 9 11 1234-5678"),
        ("phone", "011 15 1234 5678", {"country": "ar"}, "+5491112345678", "+54 9 11 1234-5678"),
        ("social", "@Ana", {"space": "Mastodon"}, "ana", "Ana"),
        ("external", "A-17", {"space": "Shop"}, "A-17", "A-17"),
    ],
)
def test_identity_is_compared_in_one_form(
    kind: str, value: str, more: dict[str, str], key: str, shown: str
) -> None:
    found = identity_read(kind, value, **more)

    assert (found.key, found.value) == (key, shown)


@pytest.mark.parametrize(
    ("kind", "value", "more", "said"),
    [
        ("email", "ana", {}, "no e-mail address"),
        ("email", "a\0@shop.example", {}, "cannot be seen"),
        ("email", "a" * 255, {}, "too long"),
        ("phone", "600 123 456", {}, "write it with its country"),
        ("phone", "+34 6", {}, "no phone number"),
        ("phone", "+52 2 55 1234 5678", {}, "too few or too many digits"),
        ("phone", "+34 600 123 456 789 000", {}, "too few or too many digits|no phone number"),
        ("social", "ana", {}, "in which system"),
        ("social", "@ana maria", {"space": "x"}, "no handle"),
        ("pigeon", "ana", {}, "no identity of the kind 'pigeon'"),
    ],
)
def test_what_is_no_identity_is_told(kind: str, value: str, more: dict[str, str], said: str) -> None:
    with pytest.raises(IdentityWrong, match=said):
        identity_read(kind, value, **more)


@pytest.mark.parametrize(
    ("kind", "value", "space"),
    [
        ("email", f"{'ŉ' * 31}@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 8}.example", ""),
        ("social", "ß" * 250, "chat"),
        ("social", "ana", "ß" * 40),
    ],
)
def test_what_grows_when_case_is_put_aside_is_held_to_its_length(kind: str, value: str, space: str) -> None:
    with pytest.raises(IdentityWrong):
        identity_read(kind, value, space=space)


@pytest.mark.parametrize(
    "value",
    [
        "Ana.Gil+fair_1-2@Shop.EXAMPLE", "PostMaster@shop.example", "a.@shop.example", ".a@shop.example",
        "a..b@shop.example", "ana@shop", "ana@-shop.example", "ana@shop-.example", "ana@sh..op.example",
        "ana@shop_1.example", "ana@shop.123", "ana@127.0.0.1", "ana@xn--espaa-rta.es", "ana@ab--cd.example",
        "ana@shop.local", "ana@localhost", "ana@x.invalid", f"{'a' * 64}@shop.example",
        f"{'a' * 65}@shop.example", f"ana@{'b' * 64}.example", f"{'a' * 60}@{'b.' * 94}example",
        f"{'a' * 60}@{'b.' * 93}example", "a'b@shop.example", "a!b@shop.example", "ana @shop.example",
    ],
)  # fmt: skip
def test_plain_addresses_are_read_as_the_thorough_check_reads_them(value: str) -> None:
    for _round in range(2):
        try:
            checked = validate_email(value, check_deliverability=False)
        except EmailNotValidError:
            with pytest.raises(IdentityWrong):
                identity_read("email", value)
        else:
            found = identity_read("email", value)
            key = f"{checked.local_part.casefold()}@{checked.ascii_domain}"
            assert (found.key, found.value) == (key, checked.normalized)
