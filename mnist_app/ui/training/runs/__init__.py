"""Compare runs in a table and by their curves."""
