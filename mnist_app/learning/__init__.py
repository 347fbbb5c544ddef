"""How it learned: the only place that imports keras and tensorflow, and only where it trains."""
