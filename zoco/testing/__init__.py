"""What tests and demonstrations are made of: factories, contract suites, the simulated company, its club,
the voices of its visitors, what it is `trying`, and `watching` over it as alarms would have.
"""
