"""Run five engines that are wrong on purpose beside the right one, and draw what differs.

Prints the gradients of both and why they differ; writes a picture for each.
"""

import argparse
from pathlib import Path
from textwrap import fill

import tinygrad_edu as tg

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pictures (default: demo)")
out = parser.parse_args().out
out.mkdir(parents=True, exist_ok=True)

for name in tg.buglab.BUGS:
    found = tg.buglab.experiment(name)
    print(f"{found}\n\n{fill(found.why, 100)}\n")
    found.picture.save(out / f"bug_{name}.svg")
