"""Ink to digits, numbers and text, judged by a model in LiteRT: imports ink and runs, never keras."""
