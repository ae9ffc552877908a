"""People and machines of a simulation, of whom is known who they are."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from zoco.mail.counting.weighing import Seen, judged

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


def test_people_and_scanners_of_a_simulation_are_told_apart() -> None:
    chance = random.Random(5)
    right: Counter[tuple[str, bool]] = Counter()

    for n in range(2_000):
        who, made = _simulated(chance, n)
        for said in judged(made, sent_at=NOON, links=6):
            right[who, (said.verdict == "person") == (who == "person")] += 1

    people, machines = right["person", True], right["machine", True]
    assert people / (people + right["person", False]) >= 0.99
    assert machines / (machines + right["machine", False]) >= 0.95


def _simulated(chance: random.Random, n: int) -> tuple[str, list[Seen]]:
    """Return who it is and what he does with one message, as both are known to do."""
    if n % 2:
        at = NOON + timedelta(seconds=8 + chance.expovariate(1 / 7_200))
        looks = [Seen("open", at, signs=chance.choice([(), ("image: Google", "no language")]))]
        for _ in range(chance.choice([0, 0, 1, 1, 2, 4])):
            at += timedelta(seconds=1 + chance.expovariate(1 / 20))
            odd = ("no language",) if chance.random() < 0.02 else ()
            looks.append(Seen("click", at, f"es/{chance.randint(1, 6)}", odd))
        return "person", looks
    at = NOON + timedelta(seconds=chance.uniform(0.5, 30))
    kind = chance.choice(["burst", "trap", "named", "head", "gateway"])
    signs = {"named": ("program: curl",), "gateway": ("gateway: Microsoft", "no language")}.get(kind, ())
    pressed = chance.sample(range(1, 7), 6 if kind in ("burst", "trap") else 2)
    looks = []
    for number in pressed:
        at += timedelta(seconds=chance.uniform(0.05, 0.8))
        if kind == "head":
            looks.append(Seen("click", at, f"es/{number}", ("head",)))
        looks.append(Seen("click", at, f"es/{number}", ("no language",) if kind == "head" else signs))
    if kind == "trap":
        looks.append(Seen("trap", at + timedelta(seconds=chance.uniform(0, 400))))
    return "machine", looks
