"""A quiz for a class: ten digits, each to be written in its own way, and what the model read of them."""
