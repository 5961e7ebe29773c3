"""The pages, and what writes those that are derived from the code."""
