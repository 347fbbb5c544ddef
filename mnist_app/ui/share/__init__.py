"""Sharing a drawing: as a link that replays it, as a picture with its answer, and as JSON."""
