"""Pages of audiences: `screens` show them, `builder` and `building` compose their rules without code.

`reads` are overlaps, members and pictures, `importing` reads lists, `opening` says who may.
"""
