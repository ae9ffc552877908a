"""Pages of sendings: `listing` shows all and one, `writing` prepares one and its test, `starting` starts it.

`frame` is what they share, `forms` ask, `saying` puts figures into words.
"""
