"""The step that sends a short text by any adapter that reaches people, but for mail, which has letters."""
