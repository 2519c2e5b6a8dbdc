"""The closed catalogue: everything a segment may ask of a customer, by the name it has in an expression."""

from crm_store.segments.contact_fields import CONTACT_FIELDS
from crm_store.segments.customer_fields import CUSTOMER_FIELDS
from crm_store.segments.field import Field
from crm_store.segments.loyalty_fields import LOYALTY_FIELDS
from crm_store.segments.purchase_fields import PURCHASE_FIELDS

FIELDS: dict[str, Field] = {
    field.name: field for field in (*CUSTOMER_FIELDS, *LOYALTY_FIELDS, *PURCHASE_FIELDS, *CONTACT_FIELDS)
}
