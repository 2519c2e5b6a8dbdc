"""Any expression a segment may hold, for properties that hold of all of them."""

from hypothesis import strategies as st

from crm_store.segments.comparing import Op
from crm_store.segments.expression import All, AnyOf, Condition, Expression, Not
from crm_store.segments.field import Field, Kind, Window
from crm_store.segments.fields import FIELDS

WORDS = (
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
    | st.sampled_from(["and", "Not", "days", "everybody", "100", "007", "1.5", "a-b", "乌节路", '"', "\\", "x y"])
)  # fmt: skip


def _about(field: Field) -> st.SearchStrategy[tuple[str, ...]]:
    asked = field.about
    if asked.options:
        listed = [st.sampled_from(options) for options in asked.options]
        return st.tuples(*listed, *[WORDS] * (asked.most - len(listed)))
    words = st.integers(1, 10**9).map(str) if asked.numbers else WORDS
    return st.lists(words, min_size=asked.least, max_size=min(asked.most, 3)).map(tuple)


def _within(field: Field) -> st.SearchStrategy[int | None]:
    days = st.integers(1, 3650)
    by_window = {Window.NONE: st.none(), Window.OPTIONAL: st.none() | days, Window.NEEDED: days}
    return by_window[field.window]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from(list(FIELDS.values())))
    op = draw(st.sampled_from(field.operators))
    values: tuple[int | str, ...] = ()
    if field.kind is Kind.CHOICE:
        words = st.sampled_from(field.options) if field.options else WORDS
        values = tuple(draw(st.lists(words, min_size=1, max_size=3)))
    elif field.kind is not Kind.FLAG:
        count = 2 if op is Op.BETWEEN else 1
        values = tuple(sorted(draw(st.lists(st.integers(field.least, field.most), min_size=count, max_size=count))))
    return Condition(field=field.name, about=draw(_about(field)), within=draw(_within(field)), op=op, values=values)


def _groups(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    some = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return (
        some.map(lambda of: All(of=of))
        | some.map(lambda of: AnyOf(of=of))
        | parts.map(lambda of: Not(of=of))
        | st.just(All())
    )


EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(conditions(), _groups, max_leaves=8)
