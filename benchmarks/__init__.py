"""Against named peers and plain loops: `python -m benchmarks`. Nothing here is a test; no time is asserted anywhere."""
