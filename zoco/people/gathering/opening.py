"""Permissions on audiences."""

SEE, ADD, CHANGE, DELETE, EXPORT = (
    f"zoco_people.{verb}_audience" for verb in ("view", "add", "change", "delete", "export")
)
