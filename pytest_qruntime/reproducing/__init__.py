"""Programs that show again what happened in a test: written down, shortened, and run before anybody sees them."""
