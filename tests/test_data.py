"""Data: tables and generated points against scikit-learn's, bit for bit; files in the IDX format."""

import gzip
import io
import struct
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tinygrad_edu import data
from tinygrad_edu.errors import MissingExtraError, ShapeError, UnsupportedError


def test_iris_is_fishers_table():
    flowers = data.iris()
    assert flowers.X.shape == (150, 4) and np.bincount(flowers.y).tolist() == [50, 50, 50]
    # the means that Fisher prints in his Table II
    np.testing.assert_allclose(flowers.X[flowers.y == 1].mean(axis=0), [5.936, 2.770, 4.260, 1.326], atol=1e-12)
    np.testing.assert_allclose(flowers.X[flowers.y == 0].mean(axis=0), [5.006, 3.428, 1.462, 0.246], atol=1e-12)
    assert "Fisher (1936)" in flowers.source and flowers.features[2:] == ("petal length", "petal width")


def test_iris_equals_scikit_learns():
    load_iris = pytest.importorskip("sklearn.datasets").load_iris
    ours, theirs = data.iris(), load_iris()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert list(ours.species) == list(theirs.target_names)


def test_digits_are_scikit_learns_unscaled():
    load_digits = pytest.importorskip("sklearn.datasets").load_digits
    X, y, shape, source = data.digits()
    np.testing.assert_array_equal(X.reshape(-1, *shape), load_digits().images)
    np.testing.assert_array_equal(y, load_digits().target)
    assert (X.min(), X.max(), y.dtype) == (0, 16, np.int64) and "Alpaydin" in source


def test_digits_without_scikit_learn_name_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingExtraError, match=r'pip install "tinygrad_edu\[sklearn\]"'):
        data.digits()


def test_the_tables_of_the_lessons():
    exam = data.exam()
    rows = zip(exam.names, exam.X.tolist(), exam.success.tolist(), exam.physics.tolist())
    assert list(rows) == [
        ("Bob", [12, 15], 1, 16),
        ("Eli", [10, 9], 0, 10),
        ("Tom", [18, 18], 1, 19),
        ("Ryan", [13, 14], 1, 16),
    ]
    points = data.eight_points()
    assert points.X.sum(axis=0).tolist() == [24, 11] and points.X[3].tolist() == [3, 4]
    angles = np.linspace(0, 2 * np.pi, 1000)
    heights = points.X @ [np.cos(angles), np.sin(angles)]  # a line of each direction, through each of the points
    above = heights[:, np.newaxis] >= heights
    assert (above == points.y[:, np.newaxis, np.newaxis]).sum(axis=0).max() == 6  # of 8 are right with the best line
    X, w, b, _ = data.neuron_example()
    np.testing.assert_allclose(1 / (1 + np.exp(-(X @ w + b))), [0.83218968, 0.93105794, 0.97328719], atol=5e-9)
    for table in (exam, points, data.neuron_example()):
        assert "lesson" in table.source


# ---------------------------------------------------------------------- points from a seed

SETTINGS = [(300, True, 0.15, 42), (7, True, None, 0), (8, False, 0.1, 3)]


def same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        assert one.tobytes() == other.astype(one.dtype).tobytes() and one.shape == other.shape


@pytest.mark.parametrize("n, shuffle, noise, seed", SETTINGS)
def test_moons_and_circles_equal_scikit_learns_bit_for_bit(n, shuffle, noise, seed):
    theirs = pytest.importorskip("sklearn.datasets")
    settings = {"shuffle": shuffle, "noise": noise, "random_state": seed}
    same(data.moons(n, **settings), theirs.make_moons(n, **settings))
    same(data.circles(n, **settings), theirs.make_circles(n, **settings))
    same(data.circles(n, factor=0.3, **settings), theirs.make_circles(n, factor=0.3, **settings))


@pytest.mark.parametrize("centers", [3, 1, [[0, 1], [5, 5]], [[1.0, 2.0, 3.0]]])
def test_blobs_equal_scikit_learns_bit_for_bit(centers):
    make_blobs = pytest.importorskip("sklearn.datasets").make_blobs
    for shuffle in (True, False):
        settings = {"centers": centers, "shuffle": shuffle, "random_state": 5}
        same(data.blobs(11, std=0.5, **settings), make_blobs(11, cluster_std=0.5, **settings))


def test_blobs_have_points_as_centres():
    with pytest.raises(ShapeError, match=r"of shape \(k, d\), not of shape \(2,\)"):
        data.blobs(10, [1.0, 2.0], random_state=0)


def test_each_spiral_is_the_first_one_turned():
    X, y = data.spirals(30, 3, turns=1.5, shuffle=False)
    assert np.bincount(y).tolist() == [10, 10, 10]
    points = X[:, 0] + 1j * X[:, 1]
    for j in range(3):
        np.testing.assert_allclose(points[y == j], points[y == 0] * np.exp(2j * np.pi * j / 3), atol=1e-15)
    r = np.linspace(0.1, 1, 10)
    np.testing.assert_allclose(points[y == 0], r * np.exp(3j * np.pi * r), atol=1e-15)  # one and a half turns: 3 π
    assert np.bincount(data.spirals(8, 3, shuffle=False)[1]).tolist() == [3, 3, 2]


def test_xor_is_1_where_the_signs_differ():
    X, y = data.xor(200, random_state=0)
    np.testing.assert_array_equal(y, X[:, 0] * X[:, 1] < 0)
    assert np.abs(X).max() <= 1 and 60 < y.sum() < 140
    noisy, same_y = data.xor(200, noise=0.1, random_state=0)
    assert 0.08 < (noisy - X).std() < 0.12 and (same_y == y).all()


def test_the_seed_decides():
    for make in (data.moons, data.circles, data.blobs, data.spirals, data.xor):
        first, again, other = (make(40, random_state=seed)[0] for seed in (1, 1, 2))
        assert first.tobytes() == again.tobytes() != other.tobytes(), make.__name__


@pytest.mark.parametrize("make", [data.moons, data.circles, data.spirals])
def test_nothing_is_drawn_without_a_seed(make):
    with pytest.raises(UnsupportedError, match=rf"{make.__name__}\(\.\.\., random_state=0\)"):
        make(10)
    with pytest.raises(UnsupportedError, match="need a seed"):
        make(10, shuffle=False, noise=0.1)
    assert len(make(10, shuffle=False)[0]) == 10


# ---------------------------------------------------------------------- what is done before training


@pytest.mark.parametrize("n, test_size, seed", [(150, 0.25, 42), (150, 0.1, 0), (7, 0.5, 1)])
def test_split_equals_scikit_learns(n, test_size, seed):
    train_test_split = pytest.importorskip("sklearn.model_selection").train_test_split
    X, y = np.arange(2 * n).reshape(n, 2), np.arange(n)
    for ours, theirs in zip(
        data.split(X, y, test_size=test_size, random_state=seed),
        train_test_split(X, y, test_size=test_size, random_state=seed),
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_split_keeps_rows_together_and_loses_none():
    X_train, X_test, y_train, y_test = data.split(np.arange(10)[:, None] * 2, np.arange(10), random_state=0)
    np.testing.assert_array_equal(X_train[:, 0], 2 * y_train)
    assert sorted([*y_train, *y_test]) == list(range(10)) and len(y_test) == 3


def test_split_refuses_what_does_not_fit():
    with pytest.raises(ShapeError, match=r"\(3,\) and \(4,\).*same number of examples"):
        data.split(np.zeros(3), np.zeros(4), random_state=0)
    with pytest.raises(ShapeError, match="leaves a part empty"):
        data.split(np.zeros(3), test_size=1.0, random_state=0)


def test_standardise_uses_the_first_array_for_all():
    rng = np.random.default_rng(0)
    X, test = rng.normal(3, 5, (40, 2)), rng.normal(size=(5, 2))
    Z, scaled = data.standardise(X, test)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(Z.std(axis=0), 1, atol=1e-14)
    np.testing.assert_allclose(scaled * X.std(axis=0) + X.mean(axis=0), test, atol=1e-14)
    assert data.standardise(X.astype(np.float32)).dtype == np.float32


def test_standardise_leaves_constant_columns_at_zero():
    for value in (7.0, 0.1, 1 / 3, 1e6 + 0.1):  # the mean of three times 0.1 is not 0.1
        for n in (2, 3, 10, 100):
            X = np.column_stack([np.full(n, value), np.arange(n)])
            Z, scaled = data.standardise(X, X[:1])
            assert not Z[:, 0].any() and not scaled[:, 0].any() and Z[:, 1].std() == pytest.approx(1)


def test_standardise_needs_examples():
    with pytest.raises(ShapeError, match=r"standardise: an array of shape \(0, 2\) holds no examples"):
        data.standardise(np.zeros((0, 2)))


def test_one_hot():
    np.testing.assert_array_equal(data.one_hot([2, 0]), [[0, 0, 1], [1, 0, 0]])
    assert data.one_hot([0], 3, np.float32).dtype == np.float32 and data.one_hot([0], 3).shape == (1, 3)
    with pytest.raises(ShapeError, match="integers from 0 to 1"):
        data.one_hot([0, 2], 2)
    with pytest.raises(ShapeError, match="dtype float64"):
        data.one_hot([0.0, 1.0], 2)
    with pytest.raises(ShapeError, match=r"integers from 0 on, but y has dtype <U3.*np\.unique\(y, "):
        data.one_hot(["cat", "dog"])


# ---------------------------------------------------------------------- files in the IDX format

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def idx(array):
    """The file that holds an array, as the format's description says."""
    header = struct.pack(f">HBB{array.ndim}I", 0, CODES[array.dtype.str[1:]], array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
RAW = idx(images)


@given(st.sampled_from(list(CODES)).flatmap(lambda code: arrays(code, array_shapes(min_dims=1, min_side=0))))
def test_what_was_written_is_read(array):
    for file in (idx(array), gzip.compress(idx(array), 1)):
        read = data.load_idx(io.BytesIO(file))
        assert read.dtype == array.dtype and read.dtype.isnative
        np.testing.assert_array_equal(read, array)
        read[...] = 0  # and is the caller's own


def test_paths_open_files_and_streams(tmp_path):
    raw, packed = tmp_path / "train-images-idx3-ubyte", tmp_path / "train-images-idx3-ubyte.gz"
    raw.write_bytes(RAW)
    packed.write_bytes(gzip.compress(RAW))
    for path in (raw, str(raw), packed, str(packed)):
        np.testing.assert_array_equal(data.load_idx(path), images)
    with open(packed, "rb") as file, gzip.open(packed) as unpacked:
        np.testing.assert_array_equal(data.load_idx(file), images)
        np.testing.assert_array_equal(data.load_idx(unpacked), images)


class Slow(io.RawIOBase):
    """A stream that cannot go back and gives a byte at a time."""

    def __init__(self, content):
        self.content = io.BytesIO(content)

    def read(self, n=-1):
        return self.content.read(min(n, 1))


def test_a_slow_stream_is_read_to_its_end():
    for content in (RAW, gzip.compress(RAW)):
        np.testing.assert_array_equal(data.load_idx(Slow(content)), images)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "content, error, match",
    [
        (b"", UnsupportedError, r"begins with the bytes \(none\), but IDX files begin with 00 00"),
        (RAW[:3], UnsupportedError, "begins with the bytes 00 00 08"),
        (b"\x89PNG\r\n", UnsupportedError, "begins with the bytes 89 50 4e 47.*Is it another file"),
        (b"\0\0\x0a" + RAW[3:], UnsupportedError, "unknown type of numbers 0a; IDX knows 08, 09, 0b, 0c, 0d, 0e"),
        (b"\0\0\x08\0", UnsupportedError, "0 axes; NumPy's arrays have 1 to 64"),
        (b"\0\0\x08\xff" + RAW, UnsupportedError, "255 axes"),
        (RAW[:10], ShapeError, "ends within its header, which has 3 axes"),
        (RAW[:-1], ShapeError, r"promises 2 × 3 × 4 numbers of type uint8, 24 bytes, but only 23 follow"),
        (RAW + b"\0", ShapeError, "24 bytes, but more follow. The file is cut off or damaged: get it again"),
        (b"\0\0\x0e\2" + b"\xff" * 8, ShapeError, "4294967295 × 4294967295 numbers of type float64, .* only 0"),
        (b"\0\0\x08\4" + b"\0" * 4 + b"\xff" * 12, ShapeError, "no array has the shape"),
    ],
)
def test_what_is_no_idx_file_is_refused(content, error, match, packed):
    with pytest.raises(error, match=match):
        data.load_idx(io.BytesIO(gzip.compress(content) if packed else content))


@pytest.mark.parametrize("damage", [lambda z: z[:-12], lambda z: z[:15] + b"\xff" * 9 + z[24:], lambda z: z[:2] + b"?"])
def test_damaged_gzip_is_refused(damage):
    with pytest.raises(UnsupportedError, match="gzip file is damaged .*Get the file again"):
        data.load_idx(io.BytesIO(damage(gzip.compress(RAW))))


def test_text_mode_is_refused(tmp_path):
    (tmp_path / "labels").write_bytes(RAW)
    with open(tmp_path / "labels", encoding="latin-1") as file:
        with pytest.raises(UnsupportedError, match=r'open\(path, "rb"\)'):
            data.load_idx(file)


BOMB = gzip.compress(RAW + bytes(30_000_000))
PROMISE = struct.pack(">HBB3I", 0, 14, 3, 60_000, 10_000, 10_000) + bytes(1000)


@pytest.mark.parametrize("content, match", [(BOMB, "more follow"), (PROMISE, "only 1,000 follow")])
def test_neither_false_headers_nor_gzip_bombs_cost_memory(content, match):
    file = io.BytesIO(content)
    tracemalloc.start()
    try:
        with pytest.raises(ShapeError, match=match):
            data.load_idx(file)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
    assert file.tell() <= 200_000
