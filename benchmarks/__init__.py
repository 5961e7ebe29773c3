"""The project's benchmarks: goals P1 to P8, each beside its floor and its peers. Run `python -m benchmarks`."""
