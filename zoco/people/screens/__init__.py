"""Pages of people: the list, one person, what somebody did, and who may be whom."""
