"""“Why?”: what led a model to its answer, computed for what a visitor opens."""
