"""Pages of people at a million: the list, searches by beginnings, a tag, members, against pages by offset.

    python -m benchmarks.people_lists                   1 million people

Each question is asked twice in the same run: as the pages do it, and as the plain way is, all fitting rows
counted and the page reached by an offset. Both must show the same people. Then whole pages are asked for:
lists, searches, one person, doubles, audiences, the builder's count; and files of searches are read, whose
memory must not grow with them. The bound is 300 ms of the processor a page.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from pyroaring import BitMap

    from zoco.people.audiences.models import Audience
    from zoco.people.models import Person

SECONDS_MOST = 0.3
SIZE = 50
DAYS, OTHERS = 90, 49
"""Of the history of an audience, and how many others it is held against."""
DEEP = 10_000
"""How many pages have been leafed through, or half of all."""
ROUNDS, SLOW_SECONDS = 3, 1.0
"""What takes longer than that is asked once."""
UNHASHED = "django.contrib.staticfiles.storage.StaticFilesStorage"
FIRST = ("Ana", "Ben", "Carla", "Dmitri", "Eva", "Fei", "Gus", "Hana", "Ivan", "Juana")
CITIES = ("Lugo", "Toledo", "Puebla", "Kazan", "Wuhan")
QUESTIONS = {
    "everybody": "",
    "a first name, a tenth of all": "ana",
    "one letter of a name": "j",
    "two words that many have": "ana lugo",
    "two words, one of few": "ana s77",
    "the beginning of an address": "ana.123",
    "a whole address": "ben.777771@shop-777771.example",
    "a host's beginning": "shop-12",
    "nobody": "nobody",
}
PEOPLE_PAGES = (
    "", "?q=ana", "?q=ana+lugo", "?q=ana+s77", "?q=ana.123", "?q=%2B34+600+123", "?q=600123456",
    "?tag=fair", "?tag=fair&q=ana", "?q=nobody",
)  # fmt: skip
IN_LUGO = {"field": "own.city", "how": "is", "value": "Lugo"}


def generate(people: int) -> None:
    """Fill a database with people, their addresses, words and a tag that every fourth bears."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    first = " ".join(f"WHEN {n} THEN '{name}'" for n, name in enumerate(FIRST))
    city = " ".join(f"WHEN {n} THEN '{name}'" for n, name in enumerate(CITIES))
    series = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
    blank = "'', '', 'es', '', 'ES'"
    host = "'shop-' || (id * 7 %% 1000003) || '.example'"
    local = "lower(substr(name, 1, instr(name, ' ') - 1)) || '.' || id"
    words = (
        "lower(substr(name, 1, instr(name, ' ') - 1))", "lower(substr(name, instr(name, ' ') + 1))",
        "lower(city)", f"{local} || '@' || {host}", host,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute(
            f"{series} INSERT INTO zoco_people_person (id, name, given_name, family_name, language, zone,"
            " country, city, attributes, created_at, changed_at, is_compared)"
            f" SELECT i, (CASE i %% 10 {first} END) || ' S' || (i * 31 %% 50021), {blank},"
            f" CASE i * 7 / 3 %% 5 {city} END, '{{}}', '2026-01-01', '2026-01-01', 1 FROM n",
            [people],
        )
        cursor.execute(
            "INSERT INTO zoco_people_identity (person_id, kind, space, key, value, is_main, created_at)"
            f" SELECT id, 'email', '', {local} || '@' || {host}, {local} || '@' || {host}, 1, '2026-01-01'"
            " FROM zoco_people_person".replace("%%", "%")
        )
        for word in words:
            chosen = f"SELECT {word} AS word, id FROM zoco_people_person ORDER BY 1, 2".replace("%%", "%")
            cursor.execute(f"INSERT INTO zoco_people_word (word, person_id) {chosen}")
        _rest_filled(cursor)


def _rest_filled(cursor: Any) -> None:
    """Give people telephones, the words of those, pairs that may be one, and a tag."""
    cursor.execute(
        "INSERT INTO zoco_people_identity (person_id, kind, space, key, value, is_main, created_at)"
        " SELECT id, 'phone', '', '+34' || (600000000 + id), '+34 ' || (600000000 + id), 1, '2026-01-01'"
        " FROM zoco_people_person WHERE id % 3 = 0"
    )
    for digits in ("'34' || (600000000 + id)", "600000000 + id"):
        cursor.execute(
            f"INSERT INTO zoco_people_word (word, person_id) SELECT {digits}, id"
            " FROM zoco_people_person WHERE id % 3 = 0"
        )
    cursor.execute(
        "INSERT INTO zoco_people_likeness (low_id, high_id, why, state, found_at)"
        " SELECT id, id + 1, '[\"phone\"]', 'proposed', '2026-01-01' FROM zoco_people_person"
        " WHERE id % 50 = 1"
    )
    cursor.execute("INSERT INTO zoco_people_tag (id, name) VALUES (1, 'fair')")
    cursor.execute(
        "INSERT INTO zoco_people_tagged (tag_id, person_id, since)"
        " SELECT 1, id, '2026-01-01' FROM zoco_people_person WHERE id % 4 = 0"
    )
    cursor.execute("ANALYZE")


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Return the best of some rounds, and what was answered."""
    best, said = float("inf"), None
    for _round in range(ROUNDS):
        began = time.process_time()
        said = ask()
        best = min(best, time.process_time() - began)
        if best > SLOW_SECONDS:
            break
    return best, said


def plain(found: QuerySet[Person], skipped: int) -> list[int]:
    """Return the keys of a page by an offset, all that fit being counted before."""
    found.count()
    return list(found.order_by("-id").values_list("pk", flat=True)[skipped : skipped + SIZE])


def questions() -> list[tuple[str, Callable[[], list[int]], Callable[[], list[int]]]]:
    """Return what is asked, as the pages do it and in the plain way."""
    from zoco.people.finding import people_found
    from zoco.people.models import Tag
    from zoco.people.paging import Place, people_page

    def keys(**asked: Any) -> list[int]:
        return [each.pk for each in people_page(size=SIZE, **asked).people]

    tag = Tag.objects.get()
    bearing = people_found("").filter(pk__in=tag.tagged.values("person"))
    asked: list[Any] = [
        (label, lambda query=query: keys(query=query), lambda query=query: plain(people_found(query), 0))
        for label, query in QUESTIONS.items()
    ]
    asked.append(("who bears a tag", lambda: keys(tag=tag), lambda: plain(bearing, 0)))
    for label, query in (("everybody", ""), ("a first name", "ana")):
        whole = people_found(query)
        deep = min(DEEP, whole.count() // SIZE // 2)
        place = Place(before=whole.order_by("-id").values_list("pk", flat=True)[SIZE * deep - 1])
        asked.append(
            (
                f"{label}, page {deep + 1}",
                lambda query=query, place=place: keys(query=query, place=place),
                lambda whole=whole, deep=deep: plain(whole, SIZE * deep),
            )
        )
    return asked


def pages(people: int) -> list[tuple[str, float]]:
    """Return how long whole pages take: the list, a search, members of an audience of half of all."""
    from django.contrib.auth.models import User
    from django.test import Client
    from pyroaring import BitMap

    from zoco.people.audiences.bitmaps import packed
    from zoco.people.audiences.models import Audience

    members = BitMap(range(2, people, 2))
    board = Audience.objects.create(
        name="Half", kind="static", members=packed(members), size=len(members), created_at="2026-01-01T00:00Z"
    )
    _history_filled(board, members)
    client = Client(headers={"accept-language": "en", "host": "localhost"})
    client.force_login(User.objects.create_superuser("owner"))
    client.get("/admin/people/")  # templates are compiled
    rules = {"any": [{"leaf": "tag", "tag": "fair"}, {"leaf": "attribute", **IN_LUGO}]}
    live = Audience.objects.create(
        name="Live", kind="live", rules={"version": 1, "rules": rules}, created_at="2026-01-01T00:00Z"
    )
    paths = (
        *(f"people/{rest}" for rest in PEOPLE_PAGES), f"people/{people // 2}/", "people/doubles/",
        f"people/{people // 2}/merge/", "people/imports/", "audiences/", f"audiences/{board.pk}/",
        f"audiences/{board.pk}/members/?page=9000", f"audiences/{live.pk}/edit/",
    )  # fmt: skip
    found = []
    for path in paths:
        client.get(f"/admin/{path}")  # templates are compiled
        seconds, answer = timed(lambda path=path: client.get(f"/admin/{path}"))  # type: ignore[misc]
        assert answer.status_code == 200, (path, answer.status_code)
        found.append((f"/admin/{path}", seconds))
    return found


def _history_filled(board: Audience, members: BitMap) -> None:
    """Give an audience a history of 90 days, and others that overlap with it."""
    from pyroaring import BitMap

    from zoco.people.audiences.bitmaps import packed
    from zoco.people.audiences.models import Audience, AudienceChange

    end = datetime.now(UTC)
    for day in range(DAYS):
        some = packed(BitMap(members[day * 1_000 : (day + 1) * 1_000]))
        AudienceChange.objects.create(
            audience=board, at=end - timedelta(days=DAYS - day), size=len(members) - day, entered=some,
            left=some, entered_size=1_000, left_size=1_000,
        )  # fmt: skip
    for number in range(2, OTHERS + 2):
        others = BitMap(range(1, members.max(), number))
        Audience.objects.create(
            name=f"Each {number}.", kind="static", members=packed(others), size=len(others), created_at=end
        )


def exported() -> bool:
    """Read files of searches as a browser does; say whether memory grew with them."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(headers={"accept-language": "en", "host": "localhost"})
    client.force_login(User.objects.get(username="owner"))
    peaks = []
    for kind, query, most in (("xlsx", "", 10), ("xlsx", "", 100), ("csv", "", 10), ("csv", "", None)):
        began = time.process_time()
        answer = client.post("/admin/people/export/", {"kind": kind, "q": query})
        begun = time.process_time() - began
        tracemalloc.start()
        pieces: Any = answer.streaming_content  # type: ignore[attr-defined]
        size = sum(len(piece) for piece in islice(pieces, most))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        answer.close()
        print(
            f"{kind} of {query or 'everybody'}{', its beginning' if most else ''}: begins after"
            f" {begun * 1e3:.0f} ms, {size:,} bytes, {time.process_time() - began:.1f} s,"
            f" {peaks[-1] / 1e6:.1f} MB beside"
        )
    return any(longer > 2 * short for short, longer in zip(peaks[::2], peaks[1::2], strict=True))


def main() -> None:
    """Ask all, tell the figures; 1 where people differ or a page takes longer than the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    given = parser.parse_args()
    wrong = False
    with tempfile.TemporaryDirectory() as made:
        os.environ |= {"ZOCO_DATA": made, "DJANGO_SETTINGS_MODULE": "zoco.project.settings"}
        import django

        django.setup()
        from django.conf import settings
        from django.test import override_settings

        began = time.perf_counter()
        generate(given.people)
        print(f"{given.people:,} people, made in {time.perf_counter() - began:.0f} s")
        for label, ours, reference in questions():
            (quick, said), (slow, expected) = timed(ours), timed(reference)
            wrong |= said != expected or quick > SECONDS_MOST
            same = "" if said == expected else " NOT THE SAME PEOPLE"
            print(f"{label}: {quick * 1e3:.0f} ms against {slow * 1e3:.0f}, {slow / quick:.1f} times{same}")
        with override_settings(STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": UNHASHED}}):
            found = pages(given.people)
            wrong |= exported()
        for path, seconds in found:
            wrong |= seconds > SECONDS_MOST
            print(f"{path}: {seconds * 1e3:.0f} ms")
    sys.exit(int(wrong))


if __name__ == "__main__":
    main()
