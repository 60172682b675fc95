"""Pictures of the computation graph: what to draw (plan), how it looks (style), and who draws it."""
