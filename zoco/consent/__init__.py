"""Permission: may this person be written to, for this purpose, over this adapter, now?

`models` keep choices with their proof, suppressed addresses, rules and what was sent; `asking` answers,
`hours` knows when somebody's day is, `services` write, `suppressing` knows addresses by their hashes alone,
`importing` takes what files of people say, `leaves` lets audiences ask who may get letters, `panels` shows it
on a person's page, `proofs` say in words how it is known.
`public` is what letters link to: leaving and choosing without logging in. `confirming` is double opt-in,
`signup` forms to sign up, `screens` the pages of owners.
"""
