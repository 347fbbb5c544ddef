"""Exit statuses, beside 0."""

EXIT_UNREADABLE = 2
EXIT_INTERRUPTED = 130
