"""How much may leave where: destinations that do not take our mail are left alone for a while.

`models` keep them, `pausing` lets a destination rest and go on, `reads` are what pages show, `telling` is
mail to owners.
"""
