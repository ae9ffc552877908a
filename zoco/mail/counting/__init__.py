"""Counting of letters: who opened one and which links he followed, and whether it was a person at all.

`tokens` say which message a request is of; `links` lead through us to addresses of our own table; `edge`
answers; `looks` keeps what was seen without an address of the network; `signs` and `weighing` judge it;
`settling` writes verdicts and facts down when the time for second thoughts is over; `figures` count.
"""
