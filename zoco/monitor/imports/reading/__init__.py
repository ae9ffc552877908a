"""Reading what several lines make: dumps of databases, XML."""
