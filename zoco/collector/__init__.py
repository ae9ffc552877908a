"""From a request or a log line to a fact, in small named steps. No Django.

`steps` are the steps, event in, event out. `lists` are who is who: crawlers' addresses, spammers.
`logs` reads server logs, one file a format; `live` takes facts as they happen.
`behaviour` judges visits after the fact, by what they did. A refusal carries one of `reasons`.
"""
