"""Alarms: something is not as it should be, where, and how sure that is.

`watched` says what is counted, `narrowed` which segment it is about, `cube` counts it by hour and part,
`detecting` finds what is not as expected over `windows` of hours, `causes` names the part; `services` keeps
incidents. `others` are found otherwise than in counts, `before` counts how often each care would have told,
`shown` draws, says and tells it to people and programs.
"""
