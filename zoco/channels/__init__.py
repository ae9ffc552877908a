"""Channels: the one door through which anything leaves, and the accounts by which it does.

`contract` says what an adapter is, `adapters` are those there are, `sealing` keeps secrets of accounts,
`models` keep accounts and messages with their fates. `drafts` are what is to be sent, `delivering` is the
door: `claiming` asks permission and claims, `concluding` writes down what became of it, `due` does what
waited and what a crash left. `hearing` does what follows from what is told of messages later. `returning`
is where what cannot be delivered comes back to. `mailing` is what adapters for mail are made of, `domains`
are those that mail comes from: their keys, and what DNS says. `bulk` sends many that leave together. `rates`
say how much may leave where and when. `keeping` forgets messages that are over. `confirming` takes out
letters that ask for a confirmation. `screens` show accounts and messages.
"""
