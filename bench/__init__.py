"""Measures the hot pages against a trivial view, under one server, in one run."""
