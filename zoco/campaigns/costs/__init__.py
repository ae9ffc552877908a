"""Costs: what campaigns were given against what was spent and what came of it.

`importing` reads files, `services` keep entries, `rates` convert and tax them, `daily` sums them up, `reads`
put spend beside the ledger's figures, `planning` holds it against plans, `expecting` holds what came of it
against them, `listing` gives it to a report; `pages`, `screens`, `plan_screens` and `rate_screens` are what
people see.
"""
