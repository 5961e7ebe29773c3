"""Running one test under many circumstances: several settings, every order of events, every value of a knob."""
