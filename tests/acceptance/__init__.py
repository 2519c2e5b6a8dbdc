"""The fourteen checks by which customer care is accepted, and which tests make them."""
