"""What people see of channels: `pages` of accounts and messages, `forms` of an account."""
