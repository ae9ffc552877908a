"""Audiences: named sets of people, given by rules or by hand, kept as roaring bitmaps of their keys.

`rules` read and write trees, `leaves` are the plugs that trees end in (`plain`, `membership`, `behaviour`
are ours), `counting` finds who fits, `services` write, `telling` says who entered and left, `renewing`
counts again and again, `keeping` forgets and merges.
"""
