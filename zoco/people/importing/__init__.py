"""Files of people from other programs: `tables` reads their rows."""
