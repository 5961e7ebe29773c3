"""One module for each page that is derived from the code: its text, and what fills it."""
