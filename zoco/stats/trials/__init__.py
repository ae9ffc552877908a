"""The mathematics of experiments: what an arm's metric is, how sure a difference is, and when one may say so.

An arm is reduced to an `Estimate` (`moments`, `metrics`, `quantiles`, `adjusting`); two of them are compared
to a `Figure`: by `live` at any moment, by `fixed` once at the end, and `believing` gives the Bayesian view.
`guards` say whether a trial may be believed at all, `verdicts` what may be said of it. `planning` and
`planning_live` tell how long it takes, `several` corrects many p-values, `bandits` deals while it learns.
"""
