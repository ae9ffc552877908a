"""What came of letters: `scopes` say which letters a report is about, `rows` count and put into words.

`held` lists who was held back and why, `mapping` lays clicks over the letter, `lists` tell how lists grew;
`screens` show it.
"""
