"""Letters as they are written, before anybody gets one: kept in their languages, held to what can be made.

`models` keep them, `services` write them, `wrongs` say what keeps one from being made and where, `reads` give
them to whoever sends. `screens` are the pages, `gallery` holds letters to begin with, `checks` look at one
before it leaves, `seeing` shows it as somebody reads it, `single` sends it to one person, `api` lets programs
do so.
"""
