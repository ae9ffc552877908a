"""How much may leave where: rates, warm-ups, and destinations that are left alone for a while.

`models` keep them, `taking` gives places of rates, `pausing` lets a destination rest and go on, `judging`
hears of it, `resting` asks which addresses are left alone, `waking` has asked again what waits where a rule
changed. `services` set rates, `reads`, `forms` and `screens` are what pages show, `telling` is mail to
owners.
"""
