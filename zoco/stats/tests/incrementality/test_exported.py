"""What stands at the front of the package: what parts above it use, and nothing that only tests call."""

import ast
from pathlib import Path

import zoco
from zoco.stats import incrementality


def test_the_package_gives_what_the_product_uses_and_nothing_else() -> None:
    root = Path(zoco.__file__).parent
    texts = (path.read_bytes() for path in root.rglob("*.py") if "tests" not in path.parts)

    used = {
        each.name
        for text in texts
        if b"stats.incrementality import" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == "zoco.stats.incrementality"
        for each in node.names
    }

    assert used == set(incrementality.__all__)
