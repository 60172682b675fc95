"""Check a derivation line by line: one that is right, three with a usual slip, and a line that cannot be read.

z = X w + b      ŷ = σ(z)      J = (1/n) Σᵢ (−yᵢ ln ŷᵢ − (1 − yᵢ) ln(1 − ŷᵢ))
"""

import sys

import numpy as np

import tinygrad_edu as tg

sys.stdout.reconfigure(encoding="utf-8")  # ∂ and ✓ also where a terminal expects something else

X = tg.constant([[2.0, 3.0], [1.0, 0.0], [-1.0, 2.0]], name="X")
y = tg.constant([1.0, 0.0, 1.0], name="y")
w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
z = X @ w + b
y_hat = tg.sigmoid(z)
J = np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))
tg.named(z=z, y_hat=y_hat, J=J)

RIGHT = {
    "y_hat": "(-y/y_hat + (1 - y)/(1 - y_hat))/n",
    "z": "(y_hat - y)/n",
    "w": "X.T @ (y_hat - y)/n",
    "b": "sum(dz)",  # dz is the right ∂J/∂z: a slip in one line does not spoil the next
}
SLIPS = {
    "the sign": {"z": "(y - y_hat)/n"},
    "the mean": {"w": "X.T @ (y_hat - y)"},
    "the sum": {"b": "(y_hat - y)/n"},
}

print(tg.check_derivation(J, RIGHT), end="\n\n")
for what, slip in SLIPS.items():
    print(f"--- {what}\n{tg.check_derivation(J, RIGHT | slip)}\n")

try:
    tg.check_derivation(J, {"y_hat": "(y_hat - y)/(y_hat - y_hat^2)/n"})
except tg.errors.ExpressionError as error:
    print(f"--- not an expression\n{error}")
