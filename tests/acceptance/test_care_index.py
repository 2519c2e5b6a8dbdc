"""Every failure, every corner of the clock and every trial of `care_checks.py` is shown by tests that exist and run."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

import pytest

from bot.workshop.benchmarks import benchmarks
from tests.acceptance.care_checks import HOURS_AND_DAYS, LOST_AND_REPEATED, TO_STAND, Check
from tests.conftest import ROOT

ALL = {**LOST_AND_REPEATED, **HOURS_AND_DAYS, **TO_STAND}
LEFT_OUT = {"skip", "xfail"}


@lru_cache
def named_in(file: str) -> dict[str, bool]:
    """Name, and whether it is run on every machine, of every test of a file; none of a file that is not there."""
    path = ROOT / file
    if not path.is_file():
        return {}
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {each.name: not LEFT_OUT & set(marks(each)) for each in functions if each.name.startswith("test_")}


def marks(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    nodes = chain.from_iterable(ast.walk(decorator) for decorator in function.decorator_list)
    return (node.attr for node in nodes if isinstance(node, ast.Attribute))


def missing(check: Check) -> list[str]:
    """Tests that are named and are not there, or never run."""
    return [f"{file}::{name}" for file, names in check.tests.items() for name in names if not named_in(file).get(name)]


def test_the_three_lists_are_whole() -> None:
    assert (len(LOST_AND_REPEATED), len(HOURS_AND_DAYS), len(TO_STAND)) == (17, 16, 7)
    assert len(ALL) == 40, "a name stands for one thing"


@pytest.mark.parametrize("name", ALL)
def test_each_is_shown_by_tests_that_exist_and_run(name: str) -> None:
    check = ALL[name]
    assert check.what.endswith(".")
    assert any(check.tests.values()), "nothing shows it"
    assert missing(check) == []


@pytest.mark.parametrize("name", sorted({name for check in ALL.values() for name in check.figures}))
def test_what_is_measured_has_a_benchmark(name: str) -> None:
    assert name in benchmarks()


def test_a_test_that_is_not_there_or_never_runs_is_missed() -> None:
    gone = {"tests/no_such_file.py": ("test_it",), "tests/acceptance/test_care_index.py": ("test_no_such_test",)}
    assert len(missing(Check("Nobody shows it.", gone))) == 2
