"""Answers from the world: mailboxes are read, and what follows from each mail is done once.

`models` keep mailboxes, what came in and what people wrote; `imap` is the connection, `reading` the order of
things, `following` does what follows, `resting` counts what may pass. `returning` makes the addresses that
bounces come back to; `replies` shows what people wrote, `proofs` say in words what
a mail proves.
"""
