"""Formulas: read from the rules with recorders, brought to one normal form, written as text and LaTeX."""
