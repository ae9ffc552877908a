"""What people write: quoted text in four languages, absences, automatic answers without marks."""

from datetime import date

import pytest

from zoco.mail.answers.absences import away_in
from zoco.mail.answers.kinds import Away, Kind
from zoco.mail.answers.quotes import own_words
from zoco.mail.answers.reading import read
from zoco.mail.tests.shapes import mail

SENT = "Mon, 20 Jul 2026 10:00:00 +0200"
QUOTING = {
    "english": "Yes please.\n\nOn 20 July 2026 at 10:00, Shop <shop@example.net> wrote:\n\n> Hello",
    "wrapped": "Yes please.\n\nOn Mon, Jul 20, 2026 at 10:00 AM A Very Long Name of a Shop\n<shop@example.net> wrote:\n> Hello",
    "outlook": "Yes please.\n\nFrom: Shop <shop@example.net>\nSent: Monday, 20 July 2026 10:00\nTo: Ann\nSubject: News\n\nHello",
    "original": "Yes please.\n\n-----Original Message-----\nFrom: Shop\n\nHello",
    "spanish": "Yes please.\n\nEl lun, 20 jul 2026 a las 10:00, Shop (<shop@example.net>) escribió:\n\n> Hola",
    "spanish fields": "Yes please.\n\nDe: Shop <shop@example.net>\nEnviado el: lunes, 20 de julio de 2026\nPara: Ann\nAsunto: Novedades\n\nHola",
    "russian": "Yes please.\n\nпн, 20 июл. 2026 г. в 10:00, Shop <shop@example.net>:\n> Привет",
    "russian wrote": "Yes please.\n\n20.07.2026 10:00, Shop пишет:\n> Привет",
    "russian fields": "Yes please.\n\nОт: Shop <shop@example.net>\nОтправлено: 20 июля 2026 г.\nКому: Ann\nТема: Новости\n\nПривет",
    "chinese": "Yes please.\n\n在 2026年7月20日，10:00，Shop <shop@example.net> 写道：\n\n你好",
    "chinese fields": 'Yes please.\n\n------------------ 原始邮件 ------------------\n发件人: "Shop"\n发送时间: 2026年7月20日\n\n你好',
    "telephone": "Yes please.\n\nSent from my phone",
}


@pytest.mark.parametrize("name", QUOTING)
def test_what_is_quoted_is_cut(name: str) -> None:
    assert own_words(QUOTING[name]) == "Yes please."


def test_answers_between_quoted_lines_are_kept() -> None:
    own = own_words("On Monday Shop wrote:\n> Red or blue?\nBlue.\n> How many?\nTwo.")

    assert own == "Blue.\nTwo."


def test_words_that_only_look_like_a_quotation_are_kept() -> None:
    text = "From: what I hear, it is good.\nOn Monday I wrote a list:\nmilk, bread"

    assert own_words(text) == text


@pytest.mark.parametrize(
    ("text", "away"),
    [
        ("I am away from 20 July to 31 July 2026.", Away(date(2026, 7, 20), date(2026, 7, 31))),
        ("I will be back on August 3, 2026.", Away(None, date(2026, 8, 2))),
        ("Out of office until 2026-07-31", Away(None, date(2026, 7, 31))),
        (
            "Estaré fuera desde el 20 de julio hasta el 31 de julio.",
            Away(date(2026, 7, 20), date(2026, 7, 31)),
        ),
        ("Vuelvo el 3 de agosto.", Away(None, date(2026, 8, 2))),
        ("Я в отпуске с 20.07.2026 по 31.07.2026.", Away(date(2026, 7, 20), date(2026, 7, 31))),
        ("Буду отсутствовать до 31 июля.", Away(None, date(2026, 7, 31))),
        ("我将于7月20日至7月31日休假", Away(date(2026, 7, 20), date(2026, 7, 31))),
        ("Ich bin vom 20.07. bis 31.07.2026 im Urlaub.", Away(date(2026, 7, 20), date(2026, 7, 31))),
        ("Back after 20 December.", Away(None, date(2026, 12, 19))),
        ("I am away until 03/04/2026.", None),
        ("I am away until 31/07/2026.", Away(None, date(2026, 7, 31))),
        ("I am away until the 31st of February 2026.", None),
        ("I am away until 1 May 1999.", None),
        ("I am away.", None),
    ],
)
def test_dates_of_an_absence(text: str, away: Away | None) -> None:
    assert away_in(text, SENT) == away


def test_a_day_without_a_year_is_the_nearest_one() -> None:
    assert away_in("Back on 4 January.", "Mon, 21 Dec 2026 10:00:00 +0100") == Away(None, date(2027, 1, 3))


@pytest.mark.parametrize(
    ("subject", "fields"),
    [
        ("Fuera de la oficina: Novedades", ""),
        ("Автоответ: Новости", ""),
        ("自动回复: 新闻", ""),
        ("Re: News", "X-Autoreply: yes\n"),
        ("Re: News", "Precedence: auto_reply\n"),
        ("Re: News", "Auto-Submitted: auto-replied\n"),
    ],
)
def test_an_automatic_answer_never_counts(subject: str, fields: str) -> None:
    answer = read(
        mail("The user is unknown here, 550 5.1.1 mailbox does not exist.", subject=subject, fields=fields)
    )

    assert answer.kind == Kind.AUTO_REPLY
    assert answer.failures == ()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Vacation packages", "Two for August, please."),
        ("Delivery problem with my order", "The parcel was not found. Write to ann.new@example.org instead."),
        ("Question", "My letter to bob@example.org could not be delivered: 550 5.1.1 user unknown. Why?"),
    ],
)
def test_a_customer_is_no_program(subject: str, text: str) -> None:
    assert read(mail(text, subject=subject)).kind == Kind.REPLY


def test_a_person_who_writes_of_errors_is_a_person() -> None:
    answer = read(
        mail("My friend got 550 user unknown from you. Why?", fields="In-Reply-To: <letter-7@example.net>\n")
    )

    assert answer.kind == Kind.REPLY
