"""What every part of Zoco stands on: registries, settings, periods, ids, hosts, files.

No models. `editors` are parts of forms, `floods` is what holds when far too much is asked."""
