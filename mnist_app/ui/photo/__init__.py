"""Show photos of numbers, what was read from them, and boxes to correct it."""
