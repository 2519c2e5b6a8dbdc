"""The name a file is shown and saved under."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.files.names import LONGEST, label, safe_name


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("cup.jpg", "cup.jpg"),
        ("cup.jpeg", "cup.jpg"),
        ("破损的杯子.PNG", "破损的杯子.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("..\\..\\windows\\system32\\evil.exe", "evil.jpg"),
        ("/abs/olute", "olute.jpg"),
        ("..", "file.jpg"),
        ("", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("in\u202egpj.exe", "ingpj.jpg"),
        ("a\x00b\r\nSet-Cookie: c=1.jpg", "abSet-Cookie c=1.jpg"),
        ('"><script>.jpg', "script.jpg"),
        ("cup.jpg.html", "cup.jpg.jpg"),
        ("e\u0301te\u0301.jpg", "été.jpg"),
        ("x" * 500 + ".jpg", "x" * LONGEST + ".jpg"),
    ],
)
def test_a_name_is_a_label_and_no_path(claimed: str, shown: str) -> None:
    assert safe_name(claimed, ".jpg") == shown


@given(st.text(max_size=200))
def test_no_name_whatever_leaves_its_folder_or_hides_how_it_ends(claimed: str) -> None:
    name = safe_name(claimed, ".pdf")
    assert name.endswith(".pdf")
    assert not name.startswith(".")
    assert len(name) <= LONGEST + 4
    assert not {"/", "\\", '"', "\x00"} & set(name)
    assert {unicodedata.category(letter) for letter in name}.isdisjoint({"Cc", "Cf", "Cs"})


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [("../a/cup.svg", "cup.svg"), ("a\r\nb\u202e.exe", "ab.exe"), ("\x00", ""), ("x" * 900, "x" * 2 * LONGEST)],
)
def test_a_file_not_yet_judged_is_called_what_it_claims_harmlessly(claimed: str, shown: str) -> None:
    assert label(claimed) == shown
