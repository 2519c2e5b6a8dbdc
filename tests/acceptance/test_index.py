"""Every check of `checks.py` is named by a test, and every test that names one names one that there is."""

import ast
import re
from collections.abc import Iterator

import pytest

from bot.workshop.benchmarks import benchmarks
from tests.acceptance.checks import CHECKS
from tests.conftest import ROOT

NAMED = re.compile(r"Acceptance check (\d+)(?: and (\d+))?:")
TESTS = ROOT / "tests"


def naming() -> Iterator[tuple[int, str]]:
    """Number and test, for every test whose docstring, or whose file's, names a check."""
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        place = path.relative_to(ROOT).as_posix()
        whole = numbers(ast.get_docstring(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for number in whole | numbers(ast.get_docstring(node)):
                    yield number, f"{place}::{node.name}"


def numbers(text: str | None) -> set[int]:
    return {int(number) for found in NAMED.finditer(text or "") for number in found.groups() if number}


def told() -> str:
    """The map of checks to tests, a line for each test."""
    by_check: dict[int, list[str]] = {number: [] for number in CHECKS}
    for number, test in naming():
        by_check.setdefault(number, []).append(test)
    lines = []
    for number, tests in by_check.items():
        lines += [
            f"{number:>2}  {CHECKS.get(number, 'no such check')}",
            *(f"      {test}" for test in tests or ["none"]),
        ]
    return "\n".join(lines)


def test_every_check_is_made_by_a_test_that_names_it() -> None:
    assert set(CHECKS) == set(range(1, 15))
    assert {number for number, _ in naming()} == set(CHECKS), f"\n{told()}"


@pytest.mark.parametrize("name", ["console", "turn", "kill"])
def test_the_percentiles_have_a_benchmark_and_their_figures_are_published(name: str) -> None:
    """Acceptance check 13: `./careloop bench console` measures message in → stored → seen → answered, and search."""
    assert name in benchmarks()
    figures = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert f"./careloop bench {name}" in figures
    assert re.search(r"p50.*p95", figures)
