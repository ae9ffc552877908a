"""Journeys: what happens to each person step by step, begun by a form, a fact, an audience or a date.

`graph` is the drawing, `kinds` what a step may be, `entering` and `running` let people in and move them on,
`hearing` brings facts. All that is to come stands in one table, so a killed process loses nothing.
"""
