"""Who of the staff saw or changed what. For supervisors and admins."""
