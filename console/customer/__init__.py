"""One shopper: who they are, what they allow, what they bought, and everything that happened with them."""
