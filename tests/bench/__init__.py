"""Benchmarks: the stock engine, ours and the same work written by hand, in one run.

Method: docs/benchmarks.md. Nothing here asserts on time.
"""
