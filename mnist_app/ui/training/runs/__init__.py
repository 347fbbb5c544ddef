"""Compare finished runs in a table and by their curves."""
