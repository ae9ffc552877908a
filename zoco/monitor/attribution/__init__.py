"""Attribution: whom conversions are owed to, by nine models over the same paths, counted in the background.

models: rules of what a conversion is, and runs · definition: the rule as reports count by it · counting:
paths out of the ledger, and credits · services: a run from its order to its end · said: results in words ·
causes: experiments beside credits ·
pictures: models side by side · forms, screens: the pages.
"""
