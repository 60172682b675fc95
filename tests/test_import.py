"""What `import tinygrad_edu` loads, and that what it does not load is there when it is first used."""

from __future__ import annotations

import ast
import inspect
import pickle

import numpy as np
import pytest
from test_package import python

import tinygrad_edu as tg

CORE = """backward calls conversions derivatives eager errors functions losses messages nested node operators primitive
    recorder recording refusals tensor transforms"""
"""What is loaded at once: Tensors, all that enters rows into the table, and the transforms."""

NEEDED = "import __future__, copy, importlib, inspect, string, numpy.typing"
"""What the core takes from elsewhere. One more costs every user its time: import it where it is used."""


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running `code`."""
    return set(python(f"{code}\nimport sys; print(*sys.modules)").split())


# ---------------------------------------------------------------------- what is loaded at once


@pytest.fixture(scope="module")
def at_once() -> set[str]:
    return loaded("import tinygrad_edu")


def test_importing_loads_the_core_alone(at_once: set[str]) -> None:
    own = {name.split(".")[1] for name in at_once if name.startswith("tinygrad_edu.")}
    assert own == set(CORE.split())


def test_importing_loads_hardly_more_than_numpy(at_once: set[str]) -> None:
    others = {name for name in at_once if name.partition(".")[0] != "tinygrad_edu"}
    assert others - loaded(NEEDED) == set()


def test_the_table_is_complete_from_the_start() -> None:
    rows = "from tinygrad_edu.primitive import TABLE; print(*sorted(row.name for row in TABLE.values()))"
    first = python(f"import tinygrad_edu; {rows}").split()
    assert {"np.exp", "softmax"} < set(first)
    assert first == python(f"from tinygrad_edu import *; {rows}").split()


def test_graphs_are_recorded_copied_and_differentiated_by_the_core_alone() -> None:
    code = """
import copy, pickle, numpy as np, tinygrad_edu as tg
w = tg.Tensor([1.0, 2.0], name="w")
twin = pickle.loads(pickle.dumps(copy.deepcopy(w)))
loss = tg.losses.mean_squared_error(np.zeros(2), np.tanh(tg.relu(twin)))
loss.backward()
str(loss), dir(w), dir(tg), tg.hessian(lambda x: np.sum(x**3))(np.ones(2))
"""
    own = {name.split(".")[1] for name in loaded(code) if name.startswith("tinygrad_edu.")}
    assert own == set(CORE.split())


# ---------------------------------------------------------------------- what is loaded later


def test_each_name_comes_first_as_well_as_any_other() -> None:
    """Whichever is used first, nothing that it needs is missing, and it is itself, not the module it comes from."""
    python(EACH_FIRST)


EACH_FIRST = """
import inspect, sys
import tinygrad_edu

for name, place in tinygrad_edu.LATER.items():
    for module in [m for m in sys.modules if m.startswith("tinygrad_edu")]:
        del sys.modules[module]
    import tinygrad_edu
    assert name not in vars(tinygrad_edu), name
    found = getattr(tinygrad_edu, name)
    assert vars(tinygrad_edu)[name] is found, name
    module = sys.modules[f"tinygrad_edu.{place}"]
    if inspect.ismodule(found):
        assert found is sys.modules[f"tinygrad_edu.{name}"] and module.__name__.startswith(found.__name__), name
    else:
        assert found is getattr(module, name) and callable(found), name
"""


def test_a_star_imports_every_public_name() -> None:
    printed = python("before = {*globals(), 'before'}; from tinygrad_edu import *; print(*{*globals()} - before)")
    assert sorted(printed.split()) == tg.__all__


def test_names_are_imported_from_the_package() -> None:
    python(f"from tinygrad_edu import {', '.join(tg.__all__)}")


def test_modules_are_attributes_however_they_are_imported() -> None:
    python(
        "import tinygrad_edu.data; import tinygrad_edu as tg, sys; assert tg.data is sys.modules['tinygrad_edu.data']"
    )
    python("import tinygrad_edu as tg; tg.nn.MLP; tg.pictures.render.ENGINES; tg.formulas.normal; tg.stepping.page")
    python("import tinygrad_edu as tg; tg.compile; tg.compiled; tg.debug; tg.debugging; tg.errors; tg.train.fit")


def test_dir_lists_all_before_any_is_loaded() -> None:
    listed = python("import tinygrad_edu; print(*dir(tinygrad_edu))").split()
    assert set(tg.__all__) | set(tg.LATER) | {"__version__", "__all__", "errors"} <= set(listed)
    assert listed == sorted(listed) and len(listed) == len(set(listed))
    assert "tensor" not in listed and all(hasattr(tg, name) for name in listed)


def test_type_checkers_see_what_is_loaded_later() -> None:
    tree = ast.parse(inspect.getsource(tg))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    seen = {
        alias.name: node.module or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {name: place for name, place in tg.LATER.items() if name in tg.__all__}


def test_several_threads_may_be_the_first() -> None:
    python(THREADS)


THREADS = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import tinygrad_edu as tg

barrier = Barrier(4)

def first(name):
    barrier.wait()
    return getattr(tg, name)

with ThreadPoolExecutor(4) as pool:
    assert list(pool.map(first, ["draw", "play", "draw", "train"])) == [tg.draw, tg.play, tg.draw, tg.train]
"""


def test_pickles_of_what_is_loaded_later_open_in_a_fresh_interpreter() -> None:
    net = tg.nn.MLP([2, 3, 1])
    pickled = pickle.dumps((tg.draw, net, tg.Tensor([1.0, 2.0], name="w")))
    code = (
        f"import pickle; f, net, w = pickle.loads({pickled!r}); print(f.__name__, w, *net.parameters()[0].data.ravel())"
    )
    name, *rest = python(code).split()
    assert name == "draw"
    np.testing.assert_array_equal([float(x) for x in rest[-6:]], net.parameters()[0].data.ravel())


# ---------------------------------------------------------------------- names that do not exist


@pytest.mark.parametrize(
    "wrong, right",
    [
        ("tg.drwa", "did you mean tg.draw"),
        ("tg.MLP", "did you mean tg.nn.MLP?"),
        ("tg.accuracy", "did you mean tg.metrics.accuracy?"),
        ("tg.tensor", "did you mean tg.Tensor?"),
        ("tg.Tensor(1.0).draw", "write tg.draw(...)"),
        ("tg.Tensor(1.0).gradcheck", "write tg.gradcheck(...)"),
        ("tg.Tensor(1.0).log_loss", "write tg.losses.log_loss(...)"),
    ],
)
def test_advice_names_what_is_not_loaded_yet(wrong: str, right: str) -> None:
    code = f"import tinygrad_edu as tg\ntry: {wrong}\nexcept AttributeError as error: print(error)"
    assert right in python(code)


def test_a_name_that_does_not_exist_cannot_be_imported() -> None:
    with pytest.raises(ImportError, match="cannot import name 'drwa' from 'tinygrad_edu'"):
        from tinygrad_edu import drwa  # type: ignore[attr-defined]  # noqa: F401
    assert not hasattr(tg, "zzz")


def test_what_python_itself_asks_for_loads_nothing(at_once: set[str]) -> None:
    assert loaded("import tinygrad_edu as tg; hasattr(tg, '__wrapped__'); hasattr(tg, '_repr_html_')") == at_once
