"""Monitor: what happened and how sure we are. Reports about traffic, goals, funnels, cohorts, conversions.

`attribution` says what conversions are, and whom they are owed to; `sharing` are dashboards for readers
without an account; `imports` are other programs' exports; `exports` are our facts as files elsewhere;
`alarms` tell when something is not as it should be; `schedules` send reports again and again; `latest`
shows facts, refusals and verdicts as they happen.
"""
