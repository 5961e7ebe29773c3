"""Recording under pytest: what is asked for, the phases of a test, and what is told at the end."""
