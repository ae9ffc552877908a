"""Media mix: what each channel's money brought, learnt from weeks in which more or less was spent.

The mathematics are in `zoco.stats.mix`. Here weeks are put together from costs and the ledger, models are
fitted in the background, tests of channels are kept and held against them, and all of it is shown. `regions`
plans and measures tests in regions of a country, `controls` are what besides money may move outcomes,
`demand` says whether spending follows it, `switching` plans and measures a channel off and on in time.
"""
