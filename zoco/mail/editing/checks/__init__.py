"""What is looked at before a letter is sent, each with what to do; nothing here keeps anybody from sending.

`pages` reads what a letter became, `contents` and `filters` hold rules, `links` follows where it leads, and
`checking` puts them together.
"""
