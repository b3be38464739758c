"""Benchmarks: our figure beside a peer's, measured in the same run; one module for each."""
