"""Pure: what a case was about, in words that its shopper knows."""

from crm_store.cases.complaints import Complaint
from crm_store.model import in_language
from crm_store.sentences import Sentences
from crm_store.shop.products import Product
from crm_store.talks.posting import LatestThread


def question(sentences: Sentences, case: Complaint, product: Product | None, thread: LatestThread) -> str:
    """Whether it is put right: the product, else the order, and the number."""
    about = _about(sentences, case, product, thread)
    if not about:
        return sentences.say("follow_up_question", thread.language, number=case.number)
    return sentences.say("follow_up_question_about", thread.language, about=about, number=case.number)


def _about(sentences: Sentences, case: Complaint, product: Product | None, thread: LatestThread) -> str:
    """Nothing where the address is somebody else's by now."""
    if thread.customer_id != case.customer_id:
        return ""
    if product is not None:
        return in_language(product.name, thread.language)
    if case.order_number:
        return sentences.say("follow_up_about_order", thread.language, order=case.order_number)
    return ""
