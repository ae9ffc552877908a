"""The second step of a log-in: a code of an authenticator, or a recovery code once."""
