"""Files of costs from where ads are bought.

`formats` knows the programs that write them, one file each; `reading` brings a file under one head, `mapping`
says what a row means, `summing` adds rows of the same up, `passing` finds what it names no more,
`steps` tries it out and writes it, `running` does so in the background; `choosing` is the form on which
columns are named, `screens` are the pages.
"""
