"""Sites: hostnames, zone, currency, week start, retention, salts, trusted proxies."""
