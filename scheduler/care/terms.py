"""On what terms a house sends what nobody asked for."""

from dataclasses import dataclass

from crm_store.sending.drafting import Sender


@dataclass(frozen=True)
class CareTerms:
    """`address`: where this house is reached from outside; a database sealed for another one is a copy."""

    address: str
    sender: Sender
