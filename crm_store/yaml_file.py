"""Our own YAML: texts, words and what the shop is delivered with."""

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""In C where it was built: a tenth of the time."""


def read_yaml(file: Path) -> Any:
    """Plain values; None for an empty file. Raises `yaml.YAMLError`, `OSError`."""
    return yaml.load(file.read_text(encoding="utf-8"), _LOADER)
