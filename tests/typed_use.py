"""What users write, for mypy --strict: comparisons of a Tensor with numbers are of values."""

import tinygrad_edu as tg

w = tg.Tensor([1.0, 0.0], name="w")
if (w == 0).any() and (w != 3).all() and w[0] == 1:
    print({w: "variables are keys"})
