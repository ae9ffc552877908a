"""The simulated company's trials: what is tried, on whom, and what is true of it.

`plans` are the trials with the chances that hold for each arm; `exposing` deals visitors that the company
had, at the page where it was shown, as the program deals them; `loading` lets it all happen in the order of
time through the services that people use, so that every figure is worked out and none is written.
Not guaranteed: that arms move orders. They do not; each trial has a deed of its own.
"""
