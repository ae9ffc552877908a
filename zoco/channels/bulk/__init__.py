"""Bulk: many messages that leave together. `models` keep a batch, `making` says who makes what they say,
`services` fill, start, hold and stop it, `reads` count it, `lines` are the connections, `sender` sends.
"""
