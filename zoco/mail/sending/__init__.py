"""Sending letters: a letter to an audience, what was tried on a part of it first, and how far it is.

What leaves are batches of `zoco.channels.bulk`. `models` keep what is sent, `freezing` holds letters as they
were, `checks` say what speaks against a start, `making` makes each person's mail, `services` start, hold and
stop, `following` lets the next thing happen when its time has come, `trying` decides tests, `reads` count,
`public` shows letters
to everybody, `again` finds who did not open, `keeping` forgets people; `screens` show it.
"""
