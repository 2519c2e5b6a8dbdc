"""What the pages of promises, calendars and escalations share: tabs, history, and the rehearsal before a change."""
