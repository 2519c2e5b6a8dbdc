"""What we know, by noun, inside one transaction."""

from crm_store.care_nouns import CareNouns
from crm_store.cases.attachments import Attachments
from crm_store.cases.complaints import Complaints
from crm_store.cases.events import ComplaintEvents
from crm_store.cases.facts import CaseFacts
from crm_store.cases.fetching import Fetching
from crm_store.cases.handling import CaseHandling
from crm_store.cases.hush import Hush
from crm_store.cases.journal import Effects, Journal
from crm_store.cases.labels import Labels
from crm_store.cases.merging import Merging
from crm_store.cases.own_cases import OwnCases
from crm_store.cases.ties import CaseTies
from crm_store.desk.board import Board
from crm_store.desk.handoffs import Handoffs
from crm_store.desk.later import LaterReplies
from crm_store.desk.reports import Reports
from crm_store.desk.timeline import Timelines
from crm_store.desk.undelivered import Undelivered
from crm_store.incidents.incidents import Incidents
from crm_store.incidents.news import IncidentNews
from crm_store.incidents.sweep import IncidentSweep
from crm_store.keys import ApiKeys
from crm_store.loyalty.coupons import Coupons
from crm_store.loyalty.order_requests import OrderRequests
from crm_store.loyalty.orders import Orders
from crm_store.loyalty.points import Points
from crm_store.loyalty.tiers import Tiers
from crm_store.nouns import Noun, Offered
from crm_store.people.challenges import Challenges
from crm_store.people.consent import Consent
from crm_store.people.customers import Customers
from crm_store.people.identities import Identities
from crm_store.people.links import DeepLinks
from crm_store.people.preferences import Preferences
from crm_store.privacy.erasures import Erasures
from crm_store.privacy.exports import Exports
from crm_store.privacy.receipts import Receipts
from crm_store.promises.apologies import Apologies
from crm_store.promises.calendars import Calendars
from crm_store.promises.clocks import Clocks
from crm_store.promises.escalations import Escalations
from crm_store.promises.ladders import Ladders
from crm_store.promises.policies import Policies
from crm_store.promises.rehearsal import Rehearsals
from crm_store.queue.queue import CaseQueue
from crm_store.records.reader import Records
from crm_store.remedies.follow_ups import FollowUps
from crm_store.remedies.remedies import Remedies
from crm_store.search.search import DeskSearch
from crm_store.shop.knowledge import Knowledge
from crm_store.shop.products import Products
from crm_store.shop.promotions import Promotions
from crm_store.shop.stores import RetailStores
from crm_store.staff.audit import Audit
from crm_store.staff.canned import CannedReplies
from crm_store.staff.members import Staff
from crm_store.staff.notes import StaffNotes
from crm_store.staff.notices import StaffNotices
from crm_store.staff.sessions import StaffSessions
from crm_store.talks.answers import Answers
from crm_store.talks.arrivals import Arrivals
from crm_store.talks.conversations import Conversations
from crm_store.talks.inbox import Inbox
from crm_store.talks.interactions import Interactions
from crm_store.talks.lanes import Lanes
from crm_store.talks.outbox import Outbox
from crm_store.talks.posting import Posting


def _notices(crm: "Crm") -> StaffNotices:
    return StaffNotices(crm.session, crm.nudge)


def _escalations(crm: "Crm") -> Escalations:
    return Escalations(crm.session, crm.notices, crm.nudge)


def _clocks(crm: "Crm") -> Clocks:
    return Clocks(crm.session, crm.escalations, crm.nudge)


def _journal(crm: "Crm") -> Journal:
    return Journal(crm.session, Effects(crm.clocks.refresh, crm.escalations.close_of, crm.nudge))


def _complaints(crm: "Crm") -> Complaints:
    return Complaints(crm.session, _journal(crm))


def _handling(crm: "Crm") -> CaseHandling:
    return CaseHandling(crm.session, _journal(crm), crm.notices)


def _ties(crm: "Crm") -> CaseTies:
    return CaseTies(crm.session, _journal(crm))


def _merging(crm: "Crm") -> Merging:
    return Merging(crm.session, _journal(crm), crm.complaints)


def _erasures(crm: "Crm") -> Erasures:
    return Erasures(crm.session, crm.handling.close)


class Crm(CareNouns):
    """What we know, by noun, inside one transaction."""

    customers = Noun(Customers)
    identities = Noun(Identities)
    challenges = Noun(Challenges)
    deep_links = Noun(DeepLinks)
    consent = Noun(Consent)
    preferences = Noun(Preferences)

    conversations = Noun(Conversations)
    interactions = Noun(Interactions)
    arrivals = Noun(Arrivals)
    answers = Noun(Answers)
    inbox = Noun(Inbox)
    outbox = Noun(Outbox)
    lanes = Noun(Lanes)
    posting = Noun(Posting)

    complaints = Offered(_complaints)
    own_cases = Noun(OwnCases)
    complaint_events = Noun(ComplaintEvents)
    facts = Noun(CaseFacts)
    attachments = Noun(Attachments)
    fetching = Noun(Fetching)
    labels = Noun(Labels)
    incidents = Noun(Incidents)
    incident_news = Noun(IncidentNews)
    incident_sweep = Noun(IncidentSweep)
    handling = Offered(_handling)
    ties = Offered(_ties)
    merging = Offered(_merging)
    hush = Noun(Hush)
    remedies = Noun(Remedies)
    follow_ups = Noun(FollowUps)

    calendars = Noun(Calendars)
    policies = Noun(Policies)
    ladders = Noun(Ladders)
    rehearsals = Noun(Rehearsals)
    clocks = Offered(_clocks)
    escalations = Offered(_escalations)
    apologies = Noun(Apologies)

    staff = Noun(Staff)
    sessions = Noun(StaffSessions)
    audit = Noun(Audit)
    notes = Noun(StaffNotes)
    canned = Noun(CannedReplies)
    notices = Offered(_notices)

    queue = Noun(CaseQueue)
    search = Noun(DeskSearch)
    reports = Noun(Reports)
    timelines = Noun(Timelines)
    board = Noun(Board)
    handoffs = Noun(Handoffs)
    later = Noun(LaterReplies)
    undelivered = Noun(Undelivered)

    points = Noun(Points)
    tiers = Noun(Tiers)
    coupons = Noun(Coupons)
    orders = Noun(Orders)
    order_requests = Noun(OrderRequests)
    stores = Noun(RetailStores)
    products = Noun(Products)
    knowledge = Noun(Knowledge)
    promotions = Noun(Promotions)

    receipts = Noun(Receipts)
    exports = Noun(Exports)
    erasures = Offered(_erasures)

    api_keys = Noun(ApiKeys)
    records = Noun(Records)
