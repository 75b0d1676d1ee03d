"""Grades in the formats of other systems, and back: what was exported and is read again changes nothing."""
