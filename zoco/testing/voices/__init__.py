"""What visitors of the simulated company say when they are asked: a survey with a known truth.

`asked` is what the survey asks, in four languages; `saying` draws what people answer; `loading` keeps it as
answers are kept, with the facts, and takes it away again. Nobody is asked in earnest: nothing leaves.
"""
