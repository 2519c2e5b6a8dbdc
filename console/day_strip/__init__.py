"""A person's day as a strip: when a message may go to them, when it was asked, when it goes."""
