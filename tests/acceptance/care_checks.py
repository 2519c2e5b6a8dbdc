"""What has to hold for care messages, and the tests that show each of it.

Three lists: how other systems lost or repeated messages, by their own reports; where they wrote at the wrong hour or on
the wrong day; what a house has to stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SENDING = "tests/scheduler/care/test_known_failures.py"
KILLS = "tests/scheduler/care/test_crashes.py"
KILLED = "tests/scheduler/care/test_killed.py"
PAUSED = "tests/scheduler/care/test_pausing.py"
LOOKING = "tests/scheduler/care/test_last_look.py"
RATES = "tests/scheduler/care/test_lane_rates.py"
RACES = "tests/scheduler/care/test_races.py"
COPIED = "tests/scheduler/care/test_copied_database.py"
TICKS = "tests/scheduler/care/test_ticks.py"
PLANNER = "tests/scheduler/care/test_planner.py"
REHEARSING = "tests/scheduler/care/test_rehearsing.py"
COUNTS = "tests/store/test_segments.py"
HOURS = "tests/pure/decision/test_quiet_hours.py"
TIMES = "tests/pure/decision/test_times.py"
CAPS = "tests/pure/decision/test_caps.py"
DATES = "tests/pure/decision/test_occasions.py"
TRIGGERS = "tests/pure/plans/test_triggers.py"
CAMPAIGNS = "tests/store/campaigns/test_campaigns.py"


@dataclass(frozen=True)
class Check:
    """`tests` are the names of tests by file; `figures` the benchmarks that measure it."""

    what: str
    tests: Mapping[str, tuple[str, ...]]
    figures: tuple[str, ...] = ()


LOST_AND_REPEATED = {
    "listmonk #3022, #2278, #2860, #2168, #2591": Check(
        "After a restart a campaign is finished only when everybody was dealt with.",
        {
            SENDING: ("test_listmonk_3022_a_restart_in_the_middle_leaves_nobody_out_and_nobody_twice",),
            PLANNER: ("test_a_plan_broken_off_goes_on_at_the_next_page",),
            TICKS: ("test_an_occurrence_is_done_when_nothing_of_it_waits_and_its_campaign_when_it_fires_no_more",),
        },
    ),
    "listmonk #2070, #2313": Check(
        "Resuming sends to nobody again.",
        {
            SENDING: ("test_listmonk_2070_resuming_sends_to_nobody_again",),
            LOOKING: ("test_a_pause_lets_go_what_was_handed_over_and_keeps_the_rest_untouched",),
        },
    ),
    "listmonk #1801": Check(
        "What is over is not sent late, and a copied server sends nothing.",
        {
            SENDING: ("test_listmonk_1801_what_was_due_while_the_house_was_down_is_not_sent_after_its_end",),
            TICKS: (
                "test_a_repeating_one_fires_at_each_of_its_times_and_passes_over_what_expired_while_nobody_looked",
            ),
            COPIED: (
                "test_a_copied_database_answers_but_writes_to_nobody_first",
                "test_the_same_database_run_for_another_address_does_not_send_either",
            ),
        },
    ),
    "listmonk #2921, #1762, #2708": Check(
        "The window of a rate slides, and no two campaigns share one of their own.",
        {
            SENDING: ("test_listmonk_2921_no_window_is_shared_by_campaigns_and_each_slides",),
            RATES: (
                "test_no_second_has_more_messages_than_the_lane_may_send",
                "test_a_campaign_keeps_its_own_rate_and_others_pass_it_by",
            ),
            "tests/pure/test_pace.py": ("test_a_rate_holds_in_every_window_of_a_second",),
        },
    ),
    "listmonk #905": Check(
        "Many campaigns at once all come to their end, each in every language.",
        {
            SENDING: ("test_listmonk_905_a_dozen_campaigns_at_once_all_finish",),
            "tests/scheduler/care/test_sending.py": (
                "test_a_touch_becomes_a_message_in_the_words_of_its_person",
                "test_a_language_without_words_is_not_sent_in_another",
            ),
        },
    ),
    "Parcelvoy #533": Check(
        "Those who have to wait hold up nobody behind them.",
        {SENDING: ("test_parcelvoy_533_those_who_have_to_wait_hold_up_nobody_behind_them",)},
    ),
    "Parcelvoy #627": Check(
        "What is due begins by itself, also when its signal or its job was lost.",
        {
            SENDING: ("test_parcelvoy_627_a_signal_that_was_lost_costs_a_moment_and_no_restart",),
            TICKS: (
                "test_what_fired_and_was_never_put_into_the_queue_is_put_in_later",
                "test_a_job_of_a_worker_that_died_is_done_by_another_and_goes_on_at_the_next_page",
            ),
        },
    ),
    "Parcelvoy #583": Check(
        "Sending goes on while audiences are worked out.",
        {
            SENDING: ("test_parcelvoy_583_sending_goes_on_while_audiences_are_worked_out",),
            TICKS: ("test_planning_holds_up_nothing_else",),
        },
    ),
    "Parcelvoy #257, #551, #589": Check(
        "What has to wait is in the queue once, and those who claim at once do not lock each other out.",
        {
            SENDING: ("test_parcelvoy_257_what_has_to_wait_is_in_the_queue_once",),
            RACES: ("test_two_lanes_take_turns_with_a_person",),
            PLANNER: ("test_two_planners_share_the_pages_of_one_occurrence",),
        },
    ),
    "Chatwoot #12821": Check(
        "A campaign that runs is not begun again.",
        {
            SENDING: ("test_chatwoot_12821_a_campaign_that_is_already_running_is_not_begun_again",),
            TICKS: ("test_once_fires_once_is_planned_and_does_not_fire_again",),
            PLANNER: ("test_a_page_planned_twice_changes_nothing",),
        },
    ),
    "Mautic #9880, #11763, #2215, #3669": Check(
        "Two that send at the same moment do not send the same.",
        {
            SENDING: ("test_mautic_9880_two_that_send_at_the_same_moment_do_not_send_the_same",),
            KILLS: ("test_two_processes_share_lanes_and_send_everything_once",),
        },
    ),
    "Mautic #7226, #6505": Check(
        "One that is refused spoils no batch.",
        {
            SENDING: (
                "test_mautic_7226_one_that_is_refused_spoils_no_batch",
                "test_mautic_7226_a_channel_that_raises_instead_of_answering_spoils_no_batch_either",
            )
        },
    ),
    "Mautic #8802, #13070": Check(
        "A message is not sent again on the days after it.",
        {SENDING: ("test_mautic_8802_a_message_for_certain_weekdays_is_sent_on_one_of_them_and_on_no_other_after_it",)},
    ),
    "Mautic #9040, #12891": Check(
        "A birthday comes on its day, in every zone.",
        {
            HOURS: ("test_a_birthday_comes_neither_a_day_early_nor_a_day_late_in_any_zone",),
            TRIGGERS: ("test_a_birthday_is_planned_before_its_day_begins_anywhere_and_goes_on_that_day",),
            PLANNER: ("test_a_birthday_is_planned_for_whose_it_is_at_their_own_hour",),
        },
    ),
    "Mautic #7665, #10170, #837, #2824, #17090": Check(
        "An hour is that of whoever is written to, or the shop's where it says so, and never another's.",
        {
            HOURS: (
                "test_in_every_zone_at_any_time_the_first_allowed_minute_is_found",
                "test_where_nine_has_passed_already_the_campaign_says_what_happens_not_the_hour_of_the_shop",
            ),
            TRIGGERS: (
                "test_a_shops_clock_is_built_first_and_then_converted",
                "test_at_everybodys_own_clock_it_is_due_before_anybody_has_it_and_ends_after_everybody_had_it",
            ),
        },
    ),
    "Novu #1633, #2569, #12373": Check(
        "A step that cannot be repeated is not repeated, and nothing gets lost in a race.",
        {
            SENDING: ("test_novu_1633_a_step_that_cannot_be_repeated_is_not_repeated",),
            KILLS: ("test_killed_after_the_intent_it_is_unknown_and_never_sent_again",),
        },
    ),
    "APScheduler #160, #655; lokole #1": Check(
        "However many schedulers there are, each thing happens once.",
        {
            SENDING: ("test_apscheduler_160_four_workers_send_one_letter_not_four",),
            TICKS: ("test_two_schedulers_at_the_same_minute_fire_one_occurrence_and_have_one_job",),
        },
    ),
}
"""By the reports of those to whom it happened."""

HOURS_AND_DAYS = {
    "unknown zone": Check(
        "Only hours that are allowed in every zone of the country; without one, the shop's zone with shorter hours.",
        {
            HOURS: (
                "test_unknown_zone_only_hours_allowed_in_every_zone_of_the_country",
                "test_unknown_zone_and_country_the_zone_of_the_shop_with_shorter_hours",
                "test_an_invalid_zone_is_unknown_and_never_that_of_somebody_else",
                "test_a_zone_from_elsewhere_is_kept_with_the_shorter_hours",
            )
        },
    ),
    "overnight": Check(
        "Hours may cross midnight; hours that begin where they end are an error.",
        {
            HOURS: (
                "test_overnight_hours_cross_midnight_and_are_not_swapped",
                "test_hours_that_begin_where_they_end_are_an_error",
            )
        },
    ),
    "fixed offset": Check(
        "A zone is a name, never an offset, and its database comes with us.",
        {
            HOURS: (
                "test_no_fixed_offset_the_zone_says_what_the_clock_shows_in_january_and_in_july",
                "test_the_time_zone_database_comes_with_us_and_not_from_the_machine",
            )
        },
    ),
    "weekday": Check(
        "A weekday is that of the place.",
        {
            HOURS: (
                "test_weekdays_are_local_monday_morning_in_tokyo_is_sunday_in_utc",
                "test_weekdays_are_local_friday_evening_in_los_angeles_is_saturday_in_utc",
                "test_in_every_zone_the_first_allowed_weekday_begins_at_its_first_minute",
            )
        },
    ),
    "change of clocks between now and then": Check(
        "The wall's time is built first and then converted.",
        {
            HOURS: (
                "test_nine_in_berlin_stays_nine_across_the_change_in_spring",
                "test_around_every_change_of_a_clock_the_first_allowed_minute_is_found",
            ),
            TRIGGERS: ("test_a_repeating_one_fires_by_the_shops_clock_across_summer_time",),
        },
    ),
    "gap": Check(
        "A time that does not exist is the first minute after: Berlin, Santiago, Cairo, Lord Howe.",
        {
            HOURS: (
                "test_in_a_gap_it_is_the_first_valid_minute_after",
                "test_where_midnight_is_lost_the_day_before_still_ends_in_time",
                "test_half_an_hour_at_lord_howe_is_half_an_hour",
                "test_on_the_days_that_break_others_every_quarter_of_an_hour_is_right",
            ),
            TRIGGERS: ("test_the_five_bad_minutes_of_the_year",),
        },
    ),
    "fold": Check(
        "A time that comes twice is its first, and fires once.",
        {
            HOURS: ("test_in_a_fold_it_is_the_first_of_the_two",),
            TRIGGERS: ("test_what_the_clock_shows_twice_fires_once",),
        },
    ),
    "a day later": Check(
        "Days are those of the calendar, hours are hours; the two are never mixed.",
        {
            HOURS: (
                "test_the_next_day_is_a_day_of_the_calendar_though_it_is_23_or_25_hours_away",
                "test_a_day_that_a_country_left_out_is_nobodys_day",
            ),
            CAPS: ("test_the_week_rolls_so_that_midnight_opens_no_loophole",),
        },
    ),
    "the hour has passed already": Check(
        "The campaign says whether it goes now, the next day or not at all; what has a date is left out.",
        {
            HOURS: ("test_where_nine_has_passed_already_the_campaign_says_what_happens_not_the_hour_of_the_shop",),
            TIMES: (
                "test_when_it_fires_after_the_hour_the_campaign_says_what_becomes_of_it",
                "test_a_dated_message_that_would_go_on_the_next_day_is_late",
            ),
        },
    ),
    "one hour for every zone": Check(
        "One campaign gives every zone its own hour; the switch does what it says.",
        {
            HOURS: ("test_one_broadcast_gives_every_zone_its_own_hour",),
            TRIGGERS: ("test_many_firings_on_one_day_are_one_where_people_have_it_on_their_own_clock",),
        },
    ),
    "another zone while it waits": Check(
        "It is decided anew, and never comes twice on one date.",
        {
            HOURS: (
                "test_when_the_zone_changes_while_it_waits_it_is_decided_anew",
                "test_never_twice_on_one_local_date_though_the_zone_changed",
            ),
            "tests/scheduler/care/test_sending.py": ("test_what_changed_since_it_was_planned_counts_when_it_is_sent",),
        },
    ),
    "late after an outage": Check(
        "Every message ends; a birthday at midnight where its person is.",
        {
            HOURS: ("test_after_an_outage_what_is_over_is_not_sent_a_birthday_dies_at_local_midnight",),
            TIMES: ("test_a_dated_message_dies_at_their_own_midnight",),
            TRIGGERS: ("test_what_has_to_be_over_by_midnight_dies_at_each_persons_own",),
        },
    ),
    "29 February": Check(
        "Kept on the 28th or on 1 March as the shop says; 1970-01-01 and dates that no year has are no dates.",
        {
            DATES: (
                "test_29_february_is_kept_on_the_28th_or_on_1_march_as_the_shop_says",
                "test_born_on_29_february_one_is_not_congratulated_twice_in_a_leap_year",
                "test_a_date_that_forms_write_for_unknown_or_that_no_year_has_never_comes",
            )
        },
    ),
    "lunar birthdays": Check(
        "Chinese lunar dates, with leap months and short months.",
        {
            DATES: (
                "test_a_lunar_date_moves_with_the_moon",
                "test_a_leap_month_is_kept_where_there_is_one_and_on_the_plain_month_elsewhere",
                "test_the_30th_of_a_short_month_is_kept_on_the_29th",
            ),
            "tests/store/planning/test_candidates.py": ("test_a_birthday_is_kept_on_its_day_by_the_sun_or_the_moon",),
        },
    ),
    "Sundays and holidays": Check(
        "Quiet days are dates of the place, for the purposes the shop names.",
        {
            HOURS: ("test_sundays_and_holidays_are_local_dates_too",),
            TIMES: ("test_holidays_are_quiet_for_the_purposes_the_shop_named",),
        },
    ),
    "service messages": Check(
        "They keep neither preferences nor caps, and the hours of their own purpose; a survey waits.",
        {
            HOURS: ("test_service_has_hours_of_its_own_a_survey_waits_for_the_morning",),
            TIMES: ("test_service_waits_for_no_snooze_hours_days_gap_or_cap",),
            CAPS: ("test_service_messages_are_neither_counted_nor_held_back",),
        },
    ),
}
"""Where others write at the wrong hour."""

TO_STAND = {
    "kill -9": Check(
        "Killed at any step, with two that send: none twice, none lost; what nobody knows is counted and settled.",
        {
            KILLED: ("test_killed_over_and_over_while_a_campaign_goes_out_nobody_gets_it_twice_and_nobody_is_lost",),
            KILLS: (
                "test_killed_within_the_claim_nothing_has_happened",
                "test_killed_between_claim_and_intent_everything_goes_out_once",
                "test_killed_after_the_intent_it_is_unknown_and_never_sent_again",
                "test_a_store_that_is_away_while_endings_are_written_gets_them_when_it_is_back",
                "test_a_lane_that_loses_its_lock_hands_over_nothing_more",
            ),
            "tests/scheduler/care/test_sending.py": ("test_somebody_may_say_what_became_of_an_unknown_one",),
        },
        figures=("storm",),
    ),
    "pause and resume": Check(
        "Paused fifty times, paced anew, restarted: the same total.",
        {
            PAUSED: ("test_paused_fifty_times_paced_anew_and_restarted_everybody_gets_it_once",),
            RATES: ("test_staff_may_slow_a_lane_down_while_it_sends",),
            LOOKING: ("test_a_cancelled_campaign_sends_nothing_more",),
        },
        figures=("storm",),
    ),
    "two schedulers, a copy": Check(
        "Two schedulers on one database do everything once; a copy of it sends nothing.",
        {
            TICKS: (
                "test_two_schedulers_at_the_same_minute_fire_one_occurrence_and_have_one_job",
                "test_events_are_taken_in_ranges_each_once_by_whichever_scheduler",
            ),
            COPIED: (
                "test_a_copied_database_answers_but_writes_to_nobody_first",
                "test_who_starts_first_seals_the_database_and_nobody_after_them",
            ),
        },
    ),
    "a stop in between": Check(
        "A stop that arrives after the claim is obeyed, up to the moment of handing over.",
        {
            LOOKING: (
                "test_a_stop_between_claim_and_look_is_obeyed",
                "test_a_stop_between_look_and_handing_over_is_obeyed",
            )
        },
    ),
    "one slot, two campaigns": Check(
        "A thousand races for one slot never exceed the cap.",
        {
            RACES: ("test_two_campaigns_racing_for_one_slot_a_thousand_times_never_exceed_the_cap",),
            PLANNER: ("test_of_two_campaigns_planned_at_once_one_sees_what_the_other_reserves",),
            CAPS: ("test_no_cap_is_ever_exceeded_whatever_is_decided_in_whatever_order",),
        },
    ),
    "every zone, every hour": Check(
        "Allowed hours from 2024 to 2030 in every zone, with all changes of clocks; 29 February; leap months.",
        {
            HOURS: (
                "test_in_every_zone_at_any_time_the_first_allowed_minute_is_found",
                "test_around_every_change_of_a_clock_the_first_allowed_minute_is_found",
            ),
            DATES: (
                "test_every_date_that_exists_falls_on_exactly_the_days_that_are_asked_for_it",
                "test_a_leap_month_is_kept_where_there_is_one_and_on_the_plain_month_elsewhere",
            ),
        },
    ),
    "a million members": Check(
        "Planning, rehearsing, counting and sending are measured, and the figures published with their machine.",
        {
            REHEARSING: ("test_a_rehearsal_finds_what_planning_would_and_writes_nothing",),
            COUNTS: ("test_a_count_that_takes_too_long_is_stopped_and_says_so_with_an_estimate",),
        },
        figures=("plan", "send"),
    ),
}
"""What would be lost or sent twice if it did not hold."""
