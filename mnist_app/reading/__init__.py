"""What it says: 28×28 digits in, probabilities out, by LiteRT and never by keras."""
