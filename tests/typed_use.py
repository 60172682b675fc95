"""What users write, for mypy --strict: comparisons of a Tensor are of values, and every public name is known."""

import tinygrad_edu as tg

w = tg.Tensor([1.0, 0.0], name="w")
if (w == 0).any() and (w != 3).all() and w[0] == 1:
    print({w: "variables are keys"})

train, picture = tg.train.fit, tg.draw(w).save  # loaded when they are used, and known before
misspelled = tg.drwa  # type: ignore[attr-defined]  # what does not exist is still an error
