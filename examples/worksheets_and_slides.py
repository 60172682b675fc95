"""Pictures to write into and to talk about: worksheets with solutions, notations, slides, and Markdown.

    z = X w + b      ŷ = σ(z)      J = (1/n) Σᵢ (−yᵢ ln ŷᵢ − (1 − yᵢ) ln(1 − ŷᵢ))

Writes two worksheets with their solutions, one pass after the other in the same places, dz and z̄ for ∂J/∂z,
TikZ, a Beamer slide with an overlay for each step, and a Mermaid flowchart.
"""

import argparse
from pathlib import Path

import numpy as np

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the files (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)

X = tg.constant([[2.0, 3.0], [1.0, 0.0], [-1.0, 2.0]], name="X")
y = tg.constant([1.0, 0.0, 1.0], name="y")
w, b = tg.Tensor([0.1, -0.2], name="w"), tg.Tensor(0.3, name="b")
z = X @ w + b
y_hat = tg.sigmoid(z)
J = np.mean(-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat))
tg.named(z=z, y_hat=y_hat, J=J)

pictures = {
    "gradients_worksheet": tg.draw_backward(J, hide="gradients"),
    "gradients_solution": tg.draw_backward(J),
    "shapes_worksheet": tg.draw_forward(J, show="blanks"),
    "shapes_solution": tg.draw_forward(J, show="shapes"),
    "aligned_forward": tg.draw_forward(J, align=True),
    "aligned_backward": tg.draw_backward(J, align=True),
    "notation_d": tg.draw_backward(J, notation="d"),
    "notation_bar": tg.draw_backward(J, notation="bar"),
}
for name, picture in pictures.items():
    picture.save(out / f"{name}.svg")
    print(f"{name}: {picture.slide_font:.1f} pt on a slide")

solution = pictures["gradients_solution"]
solution.save(out / "solution.tex")
(slide,) = tg.frames(J, out, format="tex", lr=0.5)
print(f"{slide.name}: one Beamer slide, {len(tg.steps(J, lr=0.5))} steps")
(out / "solution.md").write_text(f"```mermaid\n{solution.mermaid}```\n", encoding="utf-8")
