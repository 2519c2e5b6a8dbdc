"""Pure: from the readable text of a segment to its expression."""

from collections.abc import Callable
from decimal import Decimal

from crm_store.segments.comparing import Op
from crm_store.segments.expression import DEEPEST, All, AnyOf, Condition, Expression, Not, flaw_of_size
from crm_store.segments.field import Field, Kind
from crm_store.segments.fields import FIELDS
from crm_store.segments.flaws import Flaw, flaw_of_about, flaw_of_field, flaw_of_values, flaw_of_window
from crm_store.segments.tokens import (
    AGO,
    AND,
    BETWEEN,
    DAYS,
    EVERYBODY,
    IN,
    NOT,
    OR,
    Part,
    SegmentTextRefused,
    Token,
    tokens,
)

SIGNS = {Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE}


def from_text(text: str) -> Expression:
    """What `as_text` wrote, or a person did. Raises `SegmentTextRefused` with line, column and what would be right.

    `tier in (gold, silver) and not (spent(90 days) >= 100.00 or last_order > 60 days ago)`
    """
    return _Reader(list(tokens(text))).whole()


def _check(token: Token, *flaws: Flaw | None) -> None:
    for flaw in flaws:
        if flaw is not None:
            raise SegmentTextRefused(token.line, token.column, flaw)


class _Reader:
    def __init__(self, parts: list[Token]) -> None:
        self._parts = parts
        self._place = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._parts[self._place]

    def _take(self) -> Token:
        token = self._parts[self._place]
        self._place = min(self._place + 1, len(self._parts) - 1)
        return token

    def _took(self, word: str) -> bool:
        if not self._next.says(word):
            return False
        self._take()
        return True

    def _need(self, word: str) -> None:
        if not self._took(word):
            raise self._next.unexpected(word)

    def whole(self) -> Expression:
        found = self._any()
        if self._next.part is not Part.END:
            raise self._next.unexpected(AND, OR)
        _check(self._parts[0], flaw_of_size(found))
        return found

    def _any(self) -> Expression:
        parts = self._joined(self._all, OR)
        return parts[0] if len(parts) == 1 else AnyOf(of=tuple(parts))

    def _all(self) -> Expression:
        parts = self._joined(self._single, AND)
        return parts[0] if len(parts) == 1 else All(of=tuple(parts))

    def _joined(self, part: Callable[[], Expression], word: str) -> list[Expression]:
        parts = [part()]
        while self._took(word):
            parts.append(part())
        return parts

    def _single(self) -> Expression:
        start = self._next
        self._depth += 1
        if self._depth > DEEPEST:
            raise start.refused("too_deep", right=str(DEEPEST))
        found = self._part()
        self._depth -= 1
        return found

    def _part(self) -> Expression:
        if self._took(NOT):
            return Not(of=self._single())
        if self._took("("):
            inner = self._any()
            self._need(")")
            return inner
        return All() if self._took(EVERYBODY) else self._condition()

    def _condition(self) -> Condition:
        name = self._take()
        if name.part is not Part.WORD or name.is_reserved:
            raise name.unexpected(NOT, "(", *list(FIELDS)[:3])
        _check(name, flaw_of_field(name.text))
        field = FIELDS[name.text]
        about, within = self._brackets()
        _check(name, flaw_of_about(field, about), flaw_of_window(field, within))
        op, values = self._comparison(field)
        _check(name, flaw_of_values(field, op, values))
        return Condition(field=field.name, about=about, within=within, op=op, values=values)

    def _brackets(self) -> tuple[tuple[str, ...], int | None]:
        words, within = list[str](), None
        if not self._took("("):
            return (), None
        while True:
            item = self._take()
            if item.part is Part.NUMBER and self._days():
                within = _whole(item)
            else:
                words.append(_word(item))
            if not self._took(","):
                break
        self._need(")")
        return tuple(words), within

    def _days(self) -> bool:
        return self._took(DAYS) or self._took("day")

    def _comparison(self, field: Field) -> tuple[Op, tuple[int | str, ...]]:
        if field.kind is Kind.FLAG:
            return Op.YES, ()
        return self._choice() if field.kind is Kind.CHOICE else self._figures(field.kind)

    def _choice(self) -> tuple[Op, tuple[int | str, ...]]:
        if self._took("="):
            return Op.IN, (_word(self._take()),)
        if self._took("!="):
            return Op.NOT_IN, (_word(self._take()),)
        negative = self._took(NOT)
        if not self._took(IN):
            raise self._next.unexpected("=", "!=", "in (…)", "not in (…)")
        self._need("(")
        words = [_word(self._take())]
        while self._took(","):
            words.append(_word(self._take()))
        self._need(")")
        return (Op.NOT_IN if negative else Op.IN), tuple(words)

    def _figures(self, kind: Kind) -> tuple[Op, tuple[int | str, ...]]:
        if self._took(BETWEEN):
            first = self._take()
            self._days()
            self._need(AND)
            return Op.BETWEEN, (_figure(kind, first), self._last(kind))
        sign = self._take()
        if sign.text not in SIGNS:
            raise sign.unexpected(*sorted(SIGNS), BETWEEN)
        return Op(sign.text), (self._last(kind),)

    def _last(self, kind: Kind) -> int:
        found = _figure(kind, self._take())
        if kind is Kind.AGO and not (self._days() and self._took(AGO)):
            raise self._next.unexpected("days ago")
        return found


def _word(token: Token) -> str:
    if token.is_reserved or token.part not in (Part.WORD, Part.STRING, Part.NUMBER):
        raise token.unexpected("word", '"…"')
    return token.text


def _whole(token: Token) -> int:
    if token.part is not Part.NUMBER or not token.text.isdecimal() or len(token.text) > 12:
        raise token.unexpected("60")
    return int(token.text)


def _figure(kind: Kind, token: Token) -> int:
    """In cents where it is money."""
    if kind is not Kind.MONEY:
        return _whole(token)
    whole, _, cents = token.text.partition(".")
    if token.part is not Part.NUMBER or len(cents) > 2 or len(whole) > 12:
        raise token.unexpected("100.00")
    return int(Decimal(token.text) * 100)
