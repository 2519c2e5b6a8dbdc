"""What has to hold, by number. A test that shows one of them says so: ``Acceptance check 7: …`` in its docstring."""

CHECKS = {
    1: "A staff note can never reach a channel, attachments and transcripts included.",
    2: "The same event delivered five times at once: one message, one reply of the bot, one complaint.",
    3: "While a person holds the conversation the bot sends nothing, also what it was computing; then it speaks again.",
    4: "A person is one message away at any point of any form, and the next real opening is named.",
    5: "First response counts only a delivered message of a person; the bot's time is apart; reopening begins anew.",
    6: "Clock arithmetic by properties: several spans a day, holidays, moving clocks, policies, pauses, reopening.",
    7: "A miss is recorded when it happens, with no reply needed; every level is told once, whoever restarts.",
    8: "Nothing of anybody's is shown or changed on the strength of a typed e-mail address or number.",
    9: "A merge can be undone exactly and never happens by itself between two people who are known.",
    10: "Automated texts exist in every language or the build fails.",
    11: "Live updates survive a lost connection, and staff see when what they look at is stale.",
    12: "Staff of one team see no title, preview, hit, export or notice of another team's case.",
    13: "Percentiles are published: message in, stored, seen in the console, answered; search; many handlers.",
    14: "The console is usable by keyboard and with a screen reader, checked in a browser.",
}
