"""The snippets of docs/clients.md, by the name that their first line gives."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs" / "clients.md").read_text()
SNIPPETS = {name: text for text, name in re.findall(r"```\w+\n((?://|#) (\S+\.\w+)\n.*?)```", GUIDE, re.DOTALL)}


def written(folder: Path, packages: Path) -> Path:
    """Write the snippets for node, with the packages of the npm suites."""
    folder.mkdir()
    (folder / "package.json").write_text('{ "type": "module" }')
    (folder / "node_modules").symlink_to(packages / "node_modules")
    for name, text in SNIPPETS.items():
        (folder / name).write_text(text)
    return folder
