"""Permissions on journeys."""

SEE, ADD, CHANGE = (f"zoco_mail.{verb}_journey" for verb in ("view", "add", "change"))
RUN = "zoco_mail.run_journey"
PEOPLE = "zoco_people.view_person"
