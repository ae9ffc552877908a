"""Permissions on letters."""

SEE, ADD, CHANGE = (f"zoco_mail.{verb}_letter" for verb in ("view", "add", "change"))
SEND = "zoco_mail.send_letter"
