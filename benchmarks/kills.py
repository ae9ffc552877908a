"""Kill the sender of a batch again and again, and hold the rows against what the mail server got.

    python -m benchmarks.kills [letters] [kills] [connections] [senders]      5,000, 10, 10, 1

With several senders one of them is killed each time, while the others go on and another takes its place.
Needs smtp-sink (Debian's package postfix). The database is that of DATABASE_URL, else SQLite in a new folder.
"""

import os
import sys
import tempfile
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
os.environ.setdefault("SECRET_KEY", "only for this measurement")
os.environ["ZOCO_PRIVATE_NETWORKS"] = "127.0.0.0/8"
os.environ["ZOCO_DATA"] = tempfile.mkdtemp(prefix="zoco-kills-")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from zoco.channels.bulk.making import MAKERS  # noqa: E402
from zoco.channels.bulk.reads import batch_counts  # noqa: E402
from zoco.channels.bulk.sending import batch_send  # noqa: E402
from zoco.channels.bulk.tests import test_killed  # noqa: E402
from zoco.channels.bulk.tests.conftest import PlainMaker, begun, crowd, mail_account  # noqa: E402
from zoco.channels.bulk.tests.sink import kept_folder, receivers, sink  # noqa: E402
from zoco.channels.models import Message  # noqa: E402


def main(letters: int = 5_000, kills: int = 10, lines: int = 10, senders: int = 1) -> None:
    """Kill, settle, send the rest, and print what was found; ends with 1 where a bound is broken."""
    call_command("migrate", verbosity=0)
    MAKERS.add(PlainMaker())
    test_killed.LINES, test_killed.LETTERS = lines, letters
    with kept_folder() as kept, sink(kept=kept) as port:
        batch = begun(mail_account(port), crowd(letters))
        began = time.monotonic()
        if senders > 1:
            unsure = test_killed.killed_among(batch, senders=senders, kills=kills, letters=letters)
        else:
            steps = [letters * (kill + 1) // (kills + 2) for kill in range(kills)]
            unsure = [test_killed.killed(batch, sent=each) for each in steps]
        batch_send(batch=batch, lines=lines)
        took = time.monotonic() - began
        got = receivers(kept)
    rows = batch_counts(batch)
    state = Message.State
    sent = set(Message.objects.filter(state=state.SENT).values_list("to", flat=True))
    uncertain = set(Message.objects.filter(state=state.UNCERTAIN).values_list("to", flat=True))
    skipped = letters - len(sent | uncertain)
    twice, lost = len(got) - len(set(got)), len(sent - set(got))
    said = f"{letters} letters, {kills} kills, {lines} connections, {senders} senders, {took:.0f} s"
    print(f"{said}: {rows.by_state}")
    print(f"uncertain at each kill {unsure}; of them {len(uncertain & set(got))} had arrived")
    print(f"skipped {skipped}, twice {twice}, said to be sent and not there {lost}")
    batch.refresh_from_db()
    is_exact = rows.ended == rows.total == letters and sum(unsure) == len(uncertain)
    if skipped or twice or lost or max(unsure) > lines or not is_exact or batch.state != "finished":
        raise SystemExit("A bound is broken.")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]))
