"""Letters a second of one processor, made ready for the server: MIME, quoted, lines within bounds.

The references run in the same process on the same letter of about 18 kB MJML with six products and fifteen
links: plain Jinja2 of the finished HTML and text (no MIME at all), the same put into mails by the standard
library's EmailMessage, and mrml with css-inline for each reader.
Run: `.venv/bin/python -m benchmarks.letters [seconds for each]`
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import django
import jinja2

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
django.setup()

from zoco.mail.letters import frame  # noqa: E402
from zoco.mail.letters.compiling import compiled  # noqa: E402
from zoco.mail.letters.drafts import Draft  # noqa: E402
from zoco.mail.letters.message import Envelope, seen  # noqa: E402
from zoco.mail.letters.plain import text_made  # noqa: E402
from zoco.mail.letters.writing import Room  # noqa: E402

Values = Mapping[str, Any]


def blocks() -> list[dict[str, Any]]:
    """Return a newsletter: heading, words, six products in two rows, a coupon, links, a footer."""
    name = "{{ person.given_name|default('friend') }}"
    words = f"<p>Dear {name}, " + "we poured the last jars of the year. " * 24
    visit = words + 'visit us <a href="/map">in {{ person.city|default("town") }}</a>.</p>'

    def product(at: int) -> dict[str, Any]:
        return {
            "type": "product",
            "value": {
                "title": f"Honey number {at}", "text": "Rosemary, heather and forest: 500 g each.",
                "price": "€ 12.50", "url": f"/media/{at}.jpg", "alt": "A jar of honey", "width": 160,
                "height": 160, "link": f"/shop/{at}",
            },
        }  # fmt: skip

    def row(first: int) -> dict[str, Any]:
        return {"type": "columns", "value": {"columns": [{"blocks": [product(first + n)]} for n in range(3)]}}

    text = {"type": "text", "value": {"text": f"{words}</p>"}}
    return [
        {"type": "heading", "value": {"text": f"Winter honey is here, {name}"}},
        {"type": "text", "value": {"text": visit}},
        *(text for _ in range(6)), row(1), row(4), *(text for _ in range(6)),
        {"type": "coupon", "value": {"title": "Ten per cent off", "code": "WINTER10"}},
        {"type": "footer", "value": {"company": "Honey SL", "address": "Calle Mayor 1\n28013 Madrid",
                                     "unsubscribe": "Unsubscribe", "preferences": "Preferences"}},
    ]  # fmt: skip


def people() -> list[Values]:
    """Return a thousand readers, some without a city."""
    return [
        {
            "person": {"given_name": f"María {n}", "city": "Zaragoza" if n % 3 else ""},
            "links": {
                "unsubscribe": f"https://z.example/u/{n:064x}",
                "preferences": f"https://z.example/p/{n:064x}",
            },
        }
        for n in range(1_000)
    ]


def pace(make: Callable[[Values], object], readers: list[Values], seconds: float) -> float:
    """Return how many are made in a second of the processor."""
    began, made = time.process_time(), 0
    while (spent := time.process_time() - began) < seconds:
        for each in readers[:20]:
            make(each)
        made += 20
    return made / spent


def main(seconds: float = 5.0) -> None:
    """Measure and print."""

    draft = Draft(
        subject="{{ person.given_name|default('Friend') }}, honey", blocks=blocks(), base="https://s.example"
    )
    mjml = frame.mjml_made(draft, Room(draft))
    began = time.perf_counter()
    letter = compiled(draft)
    took = time.perf_counter() - began
    readers = people()
    envelope = Envelope(letter)
    one = b"".join(envelope.wire([], readers[0]))
    page = jinja2.Environment(autoescape=True).from_string(letter.page)
    text = jinja2.Environment(autoescape=False).from_string(text_made(letter.page))

    def standard(values: Values) -> bytes:
        message = EmailMessage(policy=SMTP)
        message["From"], message["Subject"] = "Honey <news@shop.example>", letter.subject_for(values)
        message.set_content(text.render(values))
        message.add_alternative(page.render(values), subtype="html")
        return message.as_bytes()

    headers = [("From", "Honey <news@shop.example>"), ("To", "maria@example.org")]
    print(f"MJML {len(mjml.encode()) / 1000:.1f} kB, {len(letter.links)} links, HTML "
          f"{len(seen(letter, readers[0]).html.encode()) / 1000:.1f} kB, mail {len(one) / 1000:.1f} kB, "
          f"longest line {max(map(len, one.splitlines()))}, made ready in {took:.3f} s")  # fmt: skip
    rows: dict[str, Callable[[Values], object]] = {
        "a mail of ours, ready to be sent": lambda values: b"".join(envelope.wire(headers, values)),
        "plain Jinja2, HTML and text, no mail": lambda values: (page.render(values), text.render(values)),
        "plain Jinja2 and EmailMessage": standard,
        "mrml and css-inline each time": lambda _values: frame.inlined(frame.html_of_mjml(mjml)),
    }
    _compare(rows, readers, seconds)


def _compare(rows: dict[str, Callable[[Values], object]], readers: list[Values], seconds: float) -> None:
    ours = 0.0
    for name, make in rows.items():
        found = pace(make, readers, seconds)
        ours = ours or found
        print(f"{name:40} {found:10,.0f} a second of one processor   ours is {ours / found:6.1f} times that")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
