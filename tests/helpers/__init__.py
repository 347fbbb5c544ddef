"""Objects and processes that several tests need; imports no test module."""
