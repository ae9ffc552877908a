"""Forms of the admin, found on its pages, and whatever may be sent by them."""
