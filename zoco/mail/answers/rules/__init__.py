"""Why letters come back, as data: ordered tables of what servers say, each line with where it is written.

The first line that fits decides. The tables are text: `providers.txt` holds sentences that a provider or a
server's manual prints, `languages.txt` and `general.txt` the words that many use, `late.txt` what is said
when a server gives up, `weak.txt` hints, `marks.txt` by what a message is known. `statuses` are the enhanced
status codes (RFC 3463) and reply codes (RFC 5321), asked after the words: many servers put a wrong one.
"""
