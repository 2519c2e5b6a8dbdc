"""The files beside us: what Willowmere (柳岸百货) sells, says and is called."""

import csv
from pathlib import Path
from typing import Any

from crm_store.yaml_file import read_yaml

PLACE = Path(__file__).parent / "data"


def page(name: str) -> Any:
    """The content of ``data/<name>.yml``."""
    return read_yaml(PLACE / f"{name}.yml")


def table(name: str) -> list[dict[str, str]]:
    """The rows of ``data/<name>.tsv`` by column."""
    with (PLACE / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
