"""Drills: the house is broken on purpose, and has to lose nothing and do nothing twice."""
