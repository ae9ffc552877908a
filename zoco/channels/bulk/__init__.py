"""Bulk sending: many messages that leave together, each with a row of its own from the beginning.

`models` is a batch, `making` what makes its messages. `services` fill, start, pause and stop it, `reads`
count it. `claiming` takes what is due and asks permission then, `turning` writes in one transaction what came
back and what is handed over next, `pool` are the lines, `sending` ties them, `running` does it in workers.
"""
