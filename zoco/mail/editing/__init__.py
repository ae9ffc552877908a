"""Letters as they are written, before anybody gets one: kept in their languages, held to what can be made.

`models` keep them, `services` write them, `wrongs` say what keeps one from being made and where, `reads` give
them to whoever sends.
"""
