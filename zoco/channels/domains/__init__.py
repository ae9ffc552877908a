"""Domains that mail comes from: their keys (DKIM), what DNS says of them, and whether a campaign may start.

`signing` is how what leaves is signed: `dkim` makes signatures, `keys` makes keys and their records.
`looking` asks all `checks` (by `resolving`) and keeps their `findings`; `verdicts` say what follows,
`telling` tells owners, `screens` show it.
"""
