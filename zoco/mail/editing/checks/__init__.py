"""What is looked at before a letter is sent, each with what to do; a start asks some of it once more.

`pages` reads what a letter became, `contents` and `filters` hold rules, `links` follows where it leads, and
`checking` puts them together.
"""
