"""Bytes and strokes to ink, ink to 28×28 digits: imports domain and errors only, and knows no model."""
