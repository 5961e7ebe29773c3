"""The faults, by what they are about."""
