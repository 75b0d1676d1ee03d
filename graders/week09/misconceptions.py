"""Mistakes that are made in week 9. Each must lose points, and be recognised; its hint asks, and does not answer."""
