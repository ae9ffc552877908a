"""What tests and demonstrations are made of: factories, contract suites, the simulated company, its club
and the voices of its visitors.
"""
