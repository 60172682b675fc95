"""The sweep: order, accumulation, depth, memory, threads, and random graphs against other sources."""

import gc
import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.backward import graph, sweep, values
from tinygrad_edu.errors import GradientError
from tinygrad_edu.node import topological_order
from tinygrad_edu.recorder import Recorder

# ---------------------------------------------------------------------- small graphs, worked out by hand


def test_the_example_of_micrograd():
    """The README example of karpathy/micrograd, with its printed results."""
    a, b = tg.Tensor(-4.0), tg.Tensor(2.0)
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + tg.relu(b + a)
    d = d + 3 * d + tg.relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    g.backward()
    assert f"{g:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_a_square_has_two_edges_and_both_count():
    x = tg.Tensor(3.0)
    y = x * x
    y.backward()
    assert x.grad == 6 and y.parents == (x, x)


def test_a_diamond_adds_up_what_arrives_over_both_arms():
    x = tg.Tensor(2.0)
    left, right = 3 * x, x**2
    top = left * right
    top.backward()
    assert (left.grad, right.grad, x.grad) == (4, 6, 3 * 3 * 4)


def test_doublings_are_visited_once_each():
    y = x = tg.Tensor(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2**60 and len(topological_order(y)) == 61


def test_every_node_comes_after_its_inputs_also_when_arms_differ_in_length():
    x = tg.Tensor(2.0)
    long = x
    for _ in range(5):
        long = long * 1.5
    output = long * x + x
    order = topological_order(output)
    place = {node: i for i, node in enumerate(order)}
    assert order[-1] is output and order[0] is x
    assert all(place[p] < place[node] for node in order for p in node.parents)


def test_leaves_accumulate_and_inner_nodes_hold_the_latest():
    x = tg.Tensor(3.0)
    y = x * x
    z = y * 2
    z.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (24, 2, 1)
    x.zero_grad()
    z.backward()
    assert x.grad == 12


def test_gradients_of_inner_nodes_can_be_freed_on_the_way():
    x = tg.Tensor(3.0)
    y = x * x
    z = y * 2
    z.backward(keep="leaves")
    assert x.grad == 12 and y.grad is None
    z.backward()
    z.backward(keep="leaves")
    assert x.grad == 36 and y.grad is None, "what an earlier call left is not that of the latest"


def test_a_gradient_may_arrive_from_outside():
    x = tg.Tensor([1.0, 2.0])
    (x * x).backward(np.array([10.0, 1.0]))
    np.testing.assert_array_equal(x.grad, [20, 4])
    (x * x).backward(tg.constant([1, 1]))
    np.testing.assert_array_equal(x.grad, [22, 8])


def test_one_sweep_serves_both_readings():
    x = tg.Tensor([0.5, 2.0])
    y = np.sum(np.exp(x) * x / (1 + x))
    numbers = {node: total for node, total in sweep(y, np.float64(1), values)}
    nodes = {node: total for node, total in sweep(y, np.float64(1), graph)}
    assert numbers.keys() == nodes.keys()
    for node, total in numbers.items():
        np.testing.assert_array_equal(total, np.asarray(getattr(nodes[node], "_data", nodes[node])))


def test_gradient_gives_tensors_and_leaves_grad_alone():
    x, unused = tg.Tensor(2.0), tg.Tensor([1.0, 2.0])
    y = x**3
    first, nothing = tg.gradient(y, [x, unused])
    second = tg.gradient(first, x)
    assert (first.item(), second.item()) == (12, 12)
    np.testing.assert_array_equal(nothing.data, [0, 0])
    assert x.grad is y.grad is None
    assert tg.gradient(y, y).item() == 1


def test_the_sweep_reads_recorders_too():
    x = Recorder(np.array([1.0, 2.0]), name="x")
    y = np.sum(x * x)
    totals = dict(sweep(y, Recorder(np.float64(1.0)), graph))
    np.testing.assert_array_equal(totals[x].value, [2, 4])
    assert totals[x].row.name == "np.add"


def test_a_rule_that_breaks_its_contract_is_named():
    @tg.primitive(lambda g, y, x: np.ones(5))
    def broken(x):
        return x * 1.0

    x = tg.Tensor(np.ones(3))
    with pytest.raises(
        GradientError, match=r"The rule of broken gave a gradient of shape \(5,\) for an input of shape \(3,\)"
    ):
        np.sum(broken(x)).backward()
    assert x.grad is None


@pytest.mark.parametrize("x", [2.0, [1.0, 2.0, 3.0]])
def test_a_rule_that_returns_nothing_is_named(x):
    def forgetful(g, y, x):
        g * 2

    double = tg.primitive(forgetful, name="double")(lambda x: 2 * x)
    with pytest.raises(GradientError, match=r"The rule of double gave None for an input of shape .* must return"):
        np.sum(double(tg.Tensor(x))).backward()


def test_an_error_on_the_way_leaves_no_half_of_the_gradients_behind():
    @tg.primitive(lambda g, y, x: 1 / 0)
    def broken(x):
        return x * 1.0

    early, late = tg.Tensor(1.0), tg.Tensor(2.0)
    output = broken(early) + late
    with pytest.raises(ZeroDivisionError):
        output.backward()
    assert early.grad is None and late.grad is None


# ---------------------------------------------------------------------- hooks


def test_hooks_see_the_finished_total_once():
    x = tg.Tensor(2.0)
    y = x * x
    seen = []
    remove = y.register_hook(seen.append)
    (y * y + y).backward()
    assert seen == [2 * 4 + 1]
    remove()
    (y * 1).backward()
    assert len(seen) == 1


def test_hooks_may_replace_the_gradient_but_not_write_into_it():
    x = tg.Tensor([1.0, 2.0])
    y = x * 3
    y.register_hook(lambda g: np.clip(g, 0, 0.5))
    np.sum(y).backward()
    np.testing.assert_array_equal(x.grad, [1.5, 1.5])

    def writes(g):
        g *= 2

    y.register_hook(writes)
    with pytest.raises(ValueError, match="read-only"):
        np.sum(y).backward()


def test_hooks_and_rules_may_give_python_numbers():
    @tg.primitive(lambda g, y, x: 0)
    def flat(x):
        return x * 1.0

    x = tg.Tensor(2.0)
    y = x * x
    y.register_hook(lambda g: 10)
    (y + flat(x)).backward()
    assert type(x.grad) is np.float64 and x.grad == 40
    with pytest.raises(GradientError, match=r"The rule of flat gave a gradient of shape \(\)"):
        np.sum(flat(tg.Tensor([1.0, 2.0]))).backward()


def test_a_hook_that_gives_another_shape_is_refused():
    x = tg.Tensor([1.0, 2.0])
    x.register_hook(lambda g: g[0])
    with pytest.raises(GradientError, match=r"A hook gave something else than a gradient of shape \(2,\)"):
        np.sum(x * x).backward()


# ---------------------------------------------------------------------- depth, memory, threads


def test_a_hundred_thousand_operations_deep():
    x = tg.Tensor(0.5)
    y = x
    for _ in range(50_000):
        y = -(y + 1.0)
    y.backward()
    assert x.grad == 1
    assert tg.gradient(y, x).item() == 1
    del y  # frees the chain without recursion


def test_graphs_leave_no_garbage_for_the_collector():
    w = tg.Tensor(np.ones((3, 2)))
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            loss = np.mean(tg.relu(np.ones((4, 3)) @ w) ** 2)
            loss.backward()
            tg.gradient(np.sum(tg.gradient(loss, w) ** 2), w)
            tg.hessian(lambda x: np.sum(np.sin(x) * x))(np.ones(2))
        del loss
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_memory_stays_flat_while_training_without_the_collector():
    w, b = tg.Tensor(np.zeros(3), name="w"), tg.Tensor(0.0, name="b")
    X = np.random.default_rng(0).normal(size=(20, 3))
    y = X @ [1.0, -2.0, 0.5] + 3

    def step():
        loss = np.mean((X @ w + b - y) ** 2)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= 0.1 * w.grad
        b.data -= 0.1 * b.grad
        return loss.item()

    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(2000):  # fills the interpreter's free lists
            step()
        before = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
        for _ in range(2000):
            loss = step()
        after = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
    finally:
        tracemalloc.stop()
        gc.enable()
    assert loss < 1e-12
    grown = after[0] - before[0], after[1] - before[1]
    assert grown[0] < 16 * 2000 and grown[1] < 200, "bytes and objects: less than anything kept at every step"


def test_threads_record_and_sweep_on_their_own():
    results, ready = {}, threading.Barrier(2)

    def work(k):
        with tg.no_grad() if k else tg.enable_grad():
            ready.wait()
            x = tg.Tensor(float(k + 1))
            y = x
            for _ in range(500):
                y = y * 1.001 + 0.001 * x
            ready.wait()
        results[k] = y.requires_grad
        with tg.enable_grad():
            for _ in range(20):
                z = np.sum(tg.Tensor(np.full(50, k + 1.0), name="z") ** 2)
                z.backward()
        results[f"value {k}"] = z.item()

    threads = [threading.Thread(target=work, args=(k,)) for k in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {0: True, 1: False, "value 0": 50, "value 1": 200}


# ---------------------------------------------------------------------- random graphs


def functions(module):
    """The same operations, spelt for NumPy's functions or for torch's."""
    return {
        "sin": lambda a, b: module.sin(a),
        "tanh": lambda a, b: module.tanh(a),
        "bell": lambda a, b: module.exp(-a * a),
        "neg": lambda a, b: -a,
        "sum": lambda a, b: a.sum(),
        "mean": lambda a, b: a.mean(0, True) if a.ndim else a,
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / (1.5 + b * b),
    }


SHAPES = [(), (3,), (2, 3), (2, 1)]
STEPS = st.lists(
    st.tuples(st.sampled_from([*functions(np)]), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12
)


def program(steps, leaves, module=np):
    """Run `steps` on a growing list of values, each step on two values already there; sum what came out."""
    made = list(leaves)
    for name, i, j in steps:
        made.append(functions(module)[name](made[i % len(made)], made[j % len(made)]))
    return sum((x.sum() if x.ndim else x) for x in made[len(leaves) :])


def leaves_for(seed, kinds):
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1.5, 1.5, SHAPES[k]) for k in kinds]


@given(STEPS, st.integers(0, 1000), st.lists(st.integers(0, 3), min_size=1, max_size=3))
@settings(max_examples=40)
def test_random_graphs_agree_with_central_differences(steps, seed, kinds):
    tg.gradcheck(lambda *leaves: program(steps, leaves), *leaves_for(seed, kinds), tolerance=1e-5)


@given(STEPS, st.integers(0, 1000), st.lists(st.integers(0, 3), min_size=1, max_size=3))
@settings(max_examples=40)
def test_random_graphs_agree_with_torch(steps, seed, kinds):
    torch = pytest.importorskip("torch")
    arrays = leaves_for(seed, kinds)
    ours = [tg.Tensor(a) for a in arrays]
    program(steps, ours).backward()
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    program(steps, theirs, torch).backward()
    for a, b in zip(ours, theirs):
        expected = np.zeros(a.shape) if b.grad is None else b.grad.numpy()
        np.testing.assert_allclose(0 if a.grad is None else a.grad, expected, rtol=1e-9, atol=1e-12)


@given(STEPS, st.integers(0, 1000))
@settings(max_examples=25)
def test_both_verbs_give_the_same_gradient(steps, seed):
    leaves = [tg.Tensor(a) for a in leaves_for(seed, [1, 0])]
    output = program(steps, leaves)
    if output.requires_grad:
        output.backward()
        for x, g in zip(leaves, tg.gradient(output, leaves)):
            np.testing.assert_array_equal(g.data, 0 if x.grad is None else x.grad)
