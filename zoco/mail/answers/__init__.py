"""What comes back to us by mail, read: pure functions on bytes, no Django, no database, no network.

`reading.read()` says what a message is and, for each recipient that failed, why; `fates` says what follows
from it; `verp` makes and reads the addresses that bounces come back to. What decides is in `rules`, as data.
"""
