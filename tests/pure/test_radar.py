from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_store.incidents.radar import THRESHOLD, WINDOW, Shares, Sighting, clusters

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def seen(number: int, hours: float = 0, person: str = "", **marks: str) -> Sighting:
    told = {Shares(name): value for name, value in (marks or {"product": "KT-1"}).items()}
    return Sighting(number, person or f"p{number}", START + timedelta(hours=hours), told)


def test_three_people_with_one_product_within_three_days_are_one_cause() -> None:
    (found,) = clusters([seen(1), seen(2, 20), seen(3, 71)])
    assert (found.shares, found.value, found.complaint_ids, found.people) == (Shares.PRODUCT, "KT-1", (1, 2, 3), 3)


def test_one_person_who_complains_three_times_is_no_incident() -> None:
    assert clusters([seen(number, person="Emma") for number in range(3)]) == []


def test_three_people_over_a_week_are_no_incident() -> None:
    assert clusters([seen(1), seen(2, 72), seen(3, 144)]) == []


def test_the_window_slides() -> None:
    (found,) = clusters([seen(1), seen(2, 100), seen(3, 120), seen(4, 172), seen(5, 400)])
    assert found.complaint_ids == (2, 3, 4)


def test_of_the_same_people_the_more_telling_thing_counts() -> None:
    (found,) = clusters([seen(number, product="KT-1", store="ORCH") for number in range(4)])
    assert found.shares is Shares.PRODUCT


def test_the_larger_cluster_goes_first_and_each_complaint_is_in_one_only() -> None:
    same_carrier = [seen(number, carrier="NinjaVan") for number in range(10, 14)]
    both = [seen(number, product="KT-1", carrier="NinjaVan") for number in range(3)]
    (found,) = clusters(both + same_carrier)
    assert (found.shares, len(found.complaint_ids)) == (Shares.CARRIER, 7)


def test_nothing_in_common_is_nothing() -> None:
    assert clusters([Sighting(number, f"p{number}", START, {}) for number in range(9)]) == []


sightings = st.lists(
    st.builds(
        lambda number, hours, person, product, store: Sighting(
            number, person, START + timedelta(hours=hours), {Shares.PRODUCT: product, Shares.STORE: store}
        ),
        st.integers(1, 10_000),
        st.integers(0, 300),
        st.sampled_from("abcdef"),
        st.sampled_from("XY"),
        st.sampled_from("ST"),
    ),
    unique_by=lambda case: case.complaint_id,
    max_size=30,
)


@given(sightings)
def test_every_cluster_has_enough_people_and_no_complaint_is_in_two(cases: list[Sighting]) -> None:
    found = clusters(cases)
    every = [number for cluster in found for number in cluster.complaint_ids]
    assert len(every) == len(set(every))
    by_number = {case.complaint_id: case for case in cases}
    for cluster in found:
        members = [by_number[number] for number in cluster.complaint_ids]
        assert {member.marks[cluster.shares] for member in members} == {cluster.value}
        assert len({member.person for member in members}) == cluster.people >= THRESHOLD
        for member in members:
            near = {other.person for other in members if abs(other.opened_at - member.opened_at) <= WINDOW}
            assert len(near) >= THRESHOLD


@given(sightings)
def test_the_order_in_which_they_are_given_does_not_matter(cases: list[Sighting]) -> None:
    assert clusters(cases) == clusters(list(reversed(cases)))
