"""Formulas: read from the derivative rules with recorders, brought to one normal form, and written as text."""
