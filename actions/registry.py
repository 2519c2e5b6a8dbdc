"""Every action there is, built once."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from rasa_sdk.interfaces import Action

from actions.base import Tools
from actions.care.consent import ChangeConsent
from actions.care.held import TellHeld
from actions.care.occasions import SetOccasion
from actions.care.preferences import SetPreference
from actions.care.why import TellWhy
from actions.care.wishes import hear_wish
from actions.cases.complaints import AskComplaintOrder, FileComplaint, HearComplaint, ValidateComplaint
from actions.cases.corrections import hear_correction
from actions.cases.feedback import TakeFeedback, TakeScore
from actions.cases.status import TellComplaints
from actions.member.loyalty import ExplainRedeem, TellCoupons, TellPoints, TellTier
from actions.member.membership import LinkAccount, TellMembership, UpdateProfile
from actions.member.orders import ChangeOrder, TellOrders
from actions.member.refunds import TellRefund
from actions.shop.articles import AccountProblem, TellArticle
from actions.shop.catalogue import PlaceOrder, TellProducts, TellPromotions
from actions.shop.stores import TellStores
from actions.talk.ask_back import AskBack
from actions.talk.facts import TakeFact
from actions.talk.house import FetchPerson, SetLanguage, StopAll
from actions.talk.small_talk import Greet, Say
from actions.talk.yes_no import Affirm, Deny
from actions.voice import read_lines
from crm_store.database import Store

SHOP_ZONE = "Asia/Singapore"

ARTICLES = {
    "action_ask_return": ("returns",),
    "action_ask_delivery": (
        "delivery_ways", "delivery_times", "delivery_fees", "delivery_areas", "pickup",
    ),
    "action_ask_payment": ("payment_ways", "instalments", "payment_failed", "gift_cards"),
    "action_ask_invoice": ("invoices",),
}  # fmt: skip
"""Which articles may answer; the first when the question names none of the others."""

SAYINGS = ("goodbye", "thank", "bot_challenge", "ask_capabilities", "out_of_scope")
CHANGES = ("change_order", "cancel_order", "change_delivery")
ONE_OF_A_KIND = (
    Greet, FetchPerson, StopAll, SetLanguage, Affirm, Deny, AskBack, TakeFact,
    TellPoints, ExplainRedeem, TellTier, TellCoupons, TellMembership, LinkAccount, UpdateProfile, TellOrders,
    TellRefund, AccountProblem, PlaceOrder, TellPromotions, TellStores,
    HearComplaint, AskComplaintOrder, FileComplaint, TellComplaints, TakeFeedback, TakeScore,
    ChangeConsent, SetPreference, SetOccasion, TellHeld, TellWhy,
)  # fmt: skip


def build_actions(store: Store, now: Callable[[], datetime], zone: str = SHOP_ZONE) -> list[Action]:
    """Reads and checks `lines.yml`; raises `LineBroken`."""
    tools = Tools(store, now, read_lines(), ZoneInfo(zone), (hear_correction, hear_wish))
    return [
        *(kind(tools) for kind in ONE_OF_A_KIND),
        *(Say(tools, response) for response in SAYINGS),
        *(ChangeOrder(tools, intent) for intent in CHANGES),
        *(TellArticle(tools, called, topics) for called, topics in ARTICLES.items()),
        TellProducts(tools, "action_ask_product", "products"),
        TellProducts(tools, "action_ask_price", "prices"),
        ValidateComplaint(),
    ]
