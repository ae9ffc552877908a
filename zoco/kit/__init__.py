"""What every part of Zoco stands on: registries, settings, periods and ids. No models, no Wagtail."""
