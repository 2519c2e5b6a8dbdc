"""Of a list that was sent before only the lines go out that have changed; of anything else all of it."""

from console.live.changes import SAME, changes, thinned


def shown(*lines: tuple[str, str], around: str = "") -> str:
    inside = "\n".join(f'<li class="line" id="{name}"><b>{words}</b></li>' for name, words in lines)
    return f'<div id="list">{around}<ol>\n{inside}\n</ol></div>'


ADA, BEN = ("line-case-1", "Ada"), ("line-talk-2", "Ben")


def test_a_line_that_changed_goes_out_alone() -> None:
    line = '<li class="line" id="line-talk-2"><b>Ben!</b></li>'
    assert changes(shown(ADA, BEN), shown(ADA, ("line-talk-2", "Ben!"))) == [("line-talk-2", line)]


def test_nothing_goes_out_for_a_list_as_it_was() -> None:
    assert changes(shown(ADA, BEN), shown(ADA, BEN)) == []


def test_a_list_in_another_order_goes_out_whole() -> None:
    assert changes(shown(ADA, BEN), shown(BEN, ADA)) is None


def test_a_line_more_or_less_sends_the_list_whole() -> None:
    assert changes(shown(ADA), shown(ADA, BEN)) is None
    assert changes(shown(ADA, BEN), shown(ADA)) is None


def test_what_changes_around_the_lines_sends_the_list_whole() -> None:
    assert changes(shown(ADA, around="1"), shown(ADA, around="2")) is None


def test_what_was_never_sent_goes_out_whole() -> None:
    assert changes("", shown(ADA)) is None


def test_a_part_without_lines_goes_out_whole() -> None:
    assert changes("<p>1</p>", "<p>2</p>") is None


def test_a_line_within_a_line_is_not_taken_apart() -> None:
    nested = ("line-case-1", "<ul><li>x</li></ul>")
    assert changes(shown(nested), shown(("line-case-1", "<ul><li>y</li></ul>"))) is None


def same(line: tuple[str, str]) -> str:
    return SAME.format(line[0])


def test_of_a_list_in_another_order_the_lines_that_are_there_go_by_their_ids() -> None:
    told = thinned(shown(ADA, BEN), shown(BEN, ADA))
    assert told == f'<div id="list"><ol>\n{same(BEN)}\n{same(ADA)}\n</ol></div>'


def test_a_line_that_is_new_or_changed_goes_whole_among_them() -> None:
    cleo, ada = ("line-case-3", "Cleo"), ("line-case-1", "Ada!")
    told = thinned(shown(ADA, BEN), shown(cleo, ada, BEN, around="2"))
    assert told == shown(cleo, ada, BEN, around="2").replace(
        '<li class="line" id="line-talk-2"><b>Ben</b></li>', same(BEN)
    )


def test_what_is_no_list_or_was_never_sent_goes_as_it_is() -> None:
    assert thinned("", shown(ADA)) == shown(ADA)
    assert thinned(shown(ADA), "<p>Nothing here.</p>") == "<p>Nothing here.</p>"
