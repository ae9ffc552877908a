"""The ledger of facts: who did what, when, where, through which campaign, worth how much.

`schema` says what a fact is. A fact is appended to the `spool`, loaded by the drain into a
store of the sub-package `store`, settled into sessions, and asked by reports (`asking`).
The `outbox` takes facts made on the server and tells subscribers; `pictures` draws answers;
`backups` writes and brings back everything that the ledger keeps.
"""
