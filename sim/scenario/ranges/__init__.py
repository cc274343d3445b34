"""What of a scenario may be otherwise: amounts, ranges, factors, and what is wrong with them."""
