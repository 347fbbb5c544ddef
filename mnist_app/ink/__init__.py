"""What was written: strokes and photos become ink, ink becomes 28×28 digits."""
