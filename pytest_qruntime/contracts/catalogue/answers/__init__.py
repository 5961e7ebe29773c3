"""Rules of which only the answers of the service tell whether they are kept: its own trace has none of these."""
