"""Permissions on journeys."""

SEE, ADD, CHANGE, DELETE = (f"zoco_mail.{verb}_journey" for verb in ("view", "add", "change", "delete"))
RUN = "zoco_mail.run_journey"
