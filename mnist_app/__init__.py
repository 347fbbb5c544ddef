"""Handwriting comes in as strokes or as a photo, becomes 28×28 digits, gets read, and says why."""
