"""What is shown of incidents and alarms: pictures, and how often each care would have told."""
