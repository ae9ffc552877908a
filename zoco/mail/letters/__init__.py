"""Letters: what somebody wrote, made into what each person reads.

`drafts` is what was written, `blocks` (of `parts`, with `fields` for whoever writes) and `frame` make MJML
of it, `own` cleans what people bring as HTML or MJML, `placeholders` reads what is filled in, `compiling`
does all of that once for a letter and language, `plain` makes the text part, `quoted` and `message` what goes
to a server.
"""
