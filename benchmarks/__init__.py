"""Measurements whose figures stand in the docs."""
