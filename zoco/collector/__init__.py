"""From a request or a log line to a fact, in small named steps. No Django.

`steps` are the steps, event in, event out. `lists` are who is who: bots, search engines,
networks. `logs` reads server logs, one file a format; `live` takes facts as they happen.
A refusal carries one of `reasons`.
"""
