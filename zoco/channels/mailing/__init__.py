"""What adapters of mail have in common: how a message is made, a mail server's protocol, providers."""
