"""Reports: what happened in a world, for people to see. Everything here is a function of a trace."""
