"""Pure: who of a campaign's audience gets nothing, so that there is something to compare with."""

_MASK = 0xFFFFFFFFFFFFFFFF


def held_out(campaign_id: int, customer_id: int, percent: int) -> bool:
    """The same answer for a campaign and a customer for ever, and no pattern between campaigns (splitmix64)."""
    if not percent:
        return False
    mixed = (campaign_id * 0x9E3779B97F4A7C15 + customer_id * 0xD1B54A32D192ED03) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ (mixed >> 31)) % 100 < percent
