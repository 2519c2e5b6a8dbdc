"""One person's contact receipt: what was asked, agreed, planned, held, sent, answered, stopped; export and erasure."""
