"""What visitors come with: place, language, device, browser, system, screen."""
