"""The shell inside Wagtail's admin: menus by area, the home page, the frame around the ledger's pages."""
