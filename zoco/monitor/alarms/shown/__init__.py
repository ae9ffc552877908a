"""What is shown and told of incidents and alarms: pictures, mails and web hooks, what is to be expected."""
