"""Monitor: what happened and how sure we are. Reports about traffic; later goals, funnels, trials.

`sharing` are dashboards for readers without an account; `imports` are other programs' exports;
`exports` are our facts as files elsewhere; `alarms` tell when something is not as it should be; `segments`
are filters under a name; `schedules` send reports again and again; `latest` shows
facts and refusals as they happen.
"""
