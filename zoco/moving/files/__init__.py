"""What an archive is: one file with facts, settings and imported days; each is written and read here."""
