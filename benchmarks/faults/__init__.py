"""Faults with known causes, to measure what a diagnosis says of them: those it should name, and those it should not."""
