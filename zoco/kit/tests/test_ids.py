"""Ids that grow: facts of one moment keep the order in which they were made."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor

from zoco.kit.ids import _KEPT, _growing, uuid7

AT = 1_770_000_000_123_456


def test_ids_of_one_millisecond_grow_and_are_what_the_standard_says() -> None:
    made = [uuid7(AT + number % 500) for number in range(5_000)]

    assert made == sorted(set(made))
    # Reports look no further.
    assert len({uuid.UUID(each).int >> 52 for each in made}) == len(made)
    for each in made:
        found = uuid.UUID(each)
        assert (found.version, found.variant, found.int >> 80) == (7, uuid.RFC_4122, AT // 1_000)


def test_ids_of_now_grow() -> None:
    made = [uuid7() for _each in range(5_000)]

    assert made == sorted(set(made))


def test_ids_of_a_millisecond_grow_with_others_made_in_between() -> None:
    moments = [AT + 1_000 * number for number in range(_KEPT)]
    made = [[uuid7(at) for at in moments] for _round in range(10)]

    for each in zip(*made, strict=True):
        assert list(each) == sorted(set(each))


def test_ids_of_a_millisecond_grow_in_each_of_several_threads() -> None:
    def turns(_thread: int) -> list[list[str]]:
        return [[uuid7(AT), uuid7(AT + 1_000_000)] for _each in range(500)]

    with ThreadPoolExecutor(4) as pool:
        for pairs in pool.map(turns, range(4)):
            for each in zip(*pairs, strict=True):
                assert list(each) == sorted(set(each))


def test_no_more_milliseconds_are_kept_than_are_promised() -> None:
    for number in range(3 * _KEPT):
        uuid7(AT + 1_000 * number)

    assert list(_growing._counts) == [AT // 1_000 + number for number in range(2 * _KEPT, 3 * _KEPT)]


def test_threads_make_no_id_twice() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _each: uuid7(AT), range(5_000)))

    assert len(set(made)) == 5_000


def test_a_forked_process_goes_on_by_itself() -> None:
    uuid7(AT)
    ends, begins = os.pipe()
    if (child := os.fork()) == 0:
        os.write(begins, uuid7(AT).encode())
        os._exit(0)
    os.waitpid(child, 0)
    theirs, ours = os.read(ends, 36).decode(), uuid7(AT)
    os.close(ends)
    os.close(begins)

    # Going on from the same place, both would nearly always begin alike.
    assert theirs[:19] != ours[:19]
