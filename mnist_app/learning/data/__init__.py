"""Load what models learn from and are scored on, verified, as 28×28 images. No keras at the top of a file."""
