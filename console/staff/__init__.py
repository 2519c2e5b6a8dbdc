"""Who works here: members, roles, teams, one-time passwords. For admins."""
