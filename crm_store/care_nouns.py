"""The nouns of care messages: who is written to, what, when, and what came of it."""

from crm_store.answers.contexts import TouchContexts
from crm_store.answers.surveys import Surveys
from crm_store.campaigns.campaign_checks import CampaignChecks
from crm_store.campaigns.campaigns import Campaigns
from crm_store.campaigns.coupon_offers import CouponOffers
from crm_store.campaigns.policies import ContactPolicies
from crm_store.nouns import Noun, Offered
from crm_store.people.opt_ins import OptIns
from crm_store.planning.agenda import Agenda
from crm_store.planning.candidates import Candidates
from crm_store.planning.occurrences import Occurrences
from crm_store.planning.progress import Progress
from crm_store.planning.recipients import Recipients
from crm_store.planning.touches import Touches
from crm_store.planning.traces import Traces
from crm_store.planning.why import Whys
from crm_store.rehearsals.rehearsals import CareRehearsals
from crm_store.results.people import ResultPeople
from crm_store.results.proof import Proofs
from crm_store.results.reach import Reach
from crm_store.results.reach_people import ReachPeople
from crm_store.results.results import Results
from crm_store.segments.segments import Segments
from crm_store.sending.fence import Fence
from crm_store.sending.lane_reads import LaneReads
from crm_store.sending.sending import Sending
from crm_store.sending.trials import Trials
from crm_store.standings.standings import Standings
from crm_store.touchpoints.care_events import CareEvents
from crm_store.touchpoints.lifecycles import Lifecycles
from crm_store.touchpoints.touchpoints import Touchpoints
from crm_store.transaction import Transaction
from crm_store.wishes.last_change import LastChanges
from crm_store.wishes.sheet import Sheets


def _campaigns(crm: "CareNouns") -> Campaigns:
    return Campaigns(crm.session, crm.nudge)


def _sending(crm: "CareNouns") -> Sending:
    return Sending(crm.session, crm.campaigns.values_for, Traces(crm.session).keep, crm.nudge)


def _rehearsals(crm: "CareNouns") -> CareRehearsals:
    return CareRehearsals(crm.session, crm.nudge)


class CareNouns(Transaction):
    """What a transaction knows of care messages."""

    segments = Noun(Segments)
    campaigns = Offered(_campaigns)
    campaign_checks = Noun(CampaignChecks)
    contact_policies = Noun(ContactPolicies)
    coupon_offers = Noun(CouponOffers)
    contexts = Noun(TouchContexts)
    surveys = Noun(Surveys)
    occurrences = Noun(Occurrences)
    standings = Noun(Standings)
    candidates = Noun(Candidates)
    touches = Noun(Touches)
    agenda = Noun(Agenda)
    whys = Noun(Whys)
    progress = Noun(Progress)
    recipients = Noun(Recipients)
    fence = Noun(Fence)
    sending = Offered(_sending)
    trials = Noun(Trials)
    lane_reads = Noun(LaneReads)
    care_rehearsals = Offered(_rehearsals)
    results = Noun(Results)
    result_people = Noun(ResultPeople)
    reach = Noun(Reach)
    reach_people = Noun(ReachPeople)
    proofs = Noun(Proofs)
    touchpoints = Noun(Touchpoints)
    lifecycles = Noun(Lifecycles)
    care_events = Noun(CareEvents)
    opt_ins = Noun(OptIns)
    last_changes = Noun(LastChanges)
    sheets = Noun(Sheets)
