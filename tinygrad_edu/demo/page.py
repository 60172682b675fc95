"""The page that shows the figures of the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .drawings import Figure
from .training import Result, report

STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --text: #1b1f24; --soft: #57616c; --line: #d5dae0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161c; --text: #e8edf2; --soft: #a9b4bf; --line: #343c46; }
}
body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 "DejaVu Sans", Verdana, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 0.5rem; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.4rem; }
figure { margin: 0; overflow-x: auto; }
img { width: 100%; max-width: max-content; min-width: 40rem; height: auto; }
figcaption, footer { color: var(--soft); }
"""


def page(result: Result, figures: Sequence[Figure], left_out: Sequence[str]) -> str:
    """The page as HTML, with links to the figures beside it."""
    body = "\n".join([*map(figure_html, figures), *(f"<p>{escape(sentence)}</p>" for sentence in left_out)])
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Logistic regression, drawn</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>A logistic regression learns Fisher’s iris, and its computation graph is drawn</h1>
<pre>{escape(report(result)).replace("-", "−")}</pre>
<p>The inputs are standardised. The graphs show the first step, before anything is learned.</p>
{body}
</main>
<footer><p>Data: R. A. Fisher (1936). Drawn by tinygrad_edu.</p></footer>
</body>
</html>
"""


def figure_html(figure: Figure) -> str:
    dark = ""
    if figure.dark_file:
        dark = f'<source srcset="{escape(figure.dark_file)}" media="(prefers-color-scheme: dark)">'
    return f"""<section>
<h2>{escape(figure.heading)}</h2>
<figure>
<picture>{dark}<img src="{escape(figure.file)}" alt="{escape(figure.alt)}"></picture>
<figcaption>{escape(figure.caption)}</figcaption>
</figure>
</section>"""
