"""The random numbers of dropout."""

import math

import numpy as np
import pytest

from sknn_edu.engine.dropout import NUMBERS_OF_A_BLOCK, Masks, threshold

# -- the generator ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counter", "key", "bits"),
    [  # from the file kat_vectors of Random123, the authors' own library
        (
            [0] * 4,
            [0] * 2,
            "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b",
        ),
        (
            [2**64 - 1] * 4,
            [2**64 - 1] * 2,
            "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0",
        ),
        (
            [0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89],
            [0x452821E638D01377, 0xBE5466CF34E90C6C],
            "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
        ),
    ],
)
def test_numpy_has_the_generator_of_the_authors(counter, key, bits):
    before = (sum(c << 64 * i for i, c in enumerate(counter)) - 1) % 2**256
    philox = np.random.Philox(counter=before, key=key[0] + (key[1] << 64))
    assert philox.random_raw(4).tolist() == [int(word, 16) for word in bits.split()]


def numbers_by_hand(key, update, layer, row, n_units):
    """The numbers of a row, by the formulas of the paper."""
    n_blocks, low = -(-n_units // 8), 2**64 - 1
    for unit in range(n_units):
        x, k = [1 + row * n_blocks + unit // 8, layer, update, 0], [key, 0]
        for _ in range(10):
            p, q = x[0] * 0xD2E7470EE14C6C93, x[2] * 0xCA5A826395121157
            x = [q >> 64 ^ x[1] ^ k[0], q & low, p >> 64 ^ x[3] ^ k[1], p & low]
            k = [(k[0] + 0x9E3779B97F4A7C15) & low, (k[1] + 0xBB67AE8584CAA73B) & low]
        yield x[unit % 8 // 2] >> 32 * (unit % 2) & 0xFFFFFFFF


@pytest.mark.parametrize("n_units", [1, 2, 7, 8, 9, 30])
def test_numbers_are_those_that_the_formulas_give(n_units):
    for masks in (Masks(0), Masks(2**63 - 1, 2**40, 10**9), Masks(12345, 6, 7)):
        numbers = masks.numbers(3, (4, n_units))
        for i, row in enumerate(numbers):
            expected = numbers_by_hand(masks.key, masks.update, 3, masks.first_row + i, n_units)
            assert row.tolist() == list(expected)


def test_some_numbers_that_must_stay_what_they_are():
    numbers = Masks(1, 2).numbers(1, (2, 9))
    assert numbers[:, [0, 1, 8]].tolist() == KNOWN


KNOWN = [[2043683447, 1545050285, 4292311851], [207697960, 1038379239, 824752507]]


def test_a_row_has_the_same_mask_in_every_batch():
    masks = Masks(5, 3)
    whole = masks.numbers(2, (50, 11))
    np.testing.assert_array_equal(masks.numbers(2, (20, 11)), whole[:20])
    np.testing.assert_array_equal(masks.from_row(20).numbers(2, (30, 11)), whole[20:])


@pytest.mark.parametrize(
    ("rate", "least"),
    [(0.5, 2**31), (0.25, 2**30), (1e-12, 1), (1 - 1e-12, 2**32 - 1), (0.2, 858993460)],
)
def test_the_least_number_that_takes_part(rate, least):
    assert threshold(rate) == least


# -- statistics -----------------------------------------------------------------------------------

# A mean of n numbers has a standard error of sqrt(p (1 - p) / n); five of them are exceeded once in
# two million times.


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rate", [0.01, 0.2, 0.5, 0.9])
def test_masks_have_their_rate_and_their_scale(rate, dtype):
    mask = Masks(7).mask(1, (2000, 100), rate, np.dtype(dtype))
    assert mask.dtype == dtype
    assert set(np.unique(mask)) == {0, dtype(1) / dtype(1 - rate)}
    kept = (mask > 0).astype(float)
    for axis, n in ((None, 200_000), (0, 2000), (1, 100)):
        error = 5 * np.sqrt(rate * (1 - rate) / n) + 1 / n
        assert np.abs(kept.mean(axis=axis) - (1 - rate)).max() < error


def test_numbers_are_uniform():
    u = np.sort(Masks(8).numbers(1, (1000, 104)).ravel() / 2**32)
    distance = np.abs(u - (np.arange(u.size) + 0.5) / u.size).max()
    assert distance * math.sqrt(u.size) < 2.5  # Kolmogorov-Smirnov: 7e-6


def shifted(**change):
    """Numbers of 200 rows and 96 units, and others with which they must have nothing in common."""
    at = {"key": 3, "update": 5, "layer": 1} | change
    return Masks(at["key"], at["update"]).numbers(at["layer"], (200, 96))


def test_masks_are_independent():
    u = shifted()
    pairs = {
        "rows": (u[1:], u[:-1]),
        "units": (u[:, 1:], u[:, :-1]),
        "blocks": (u[:, NUMBERS_OF_A_BLOCK:], u[:, :-NUMBERS_OF_A_BLOCK]),
        "diagonals": (u[1:, 1:], u[:-1, :-1]),
        **{f"key {k}": (u, shifted(key=3 + k)) for k in (1, 2, 2**32, 2**62)},
        **{f"update {k}": (u, shifted(update=5 + k)) for k in (-1, 1, 2, 2**32)},
        **{f"layer {k}": (u, shifted(layer=1 + k)) for k in (1, 2, 63)},
        "layer and update": (u, shifted(layer=2, update=4)),
    }
    for name, (a, b) in pairs.items():
        for bit in range(32):
            one, other = ((v >> bit) & 1 for v in (a, b))
            agree = (one == other).mean()
            assert abs(agree - 0.5) < 5 * 0.5 / math.sqrt(a.size), (name, bit)
        kept = np.corrcoef(a.ravel() / 2**32 < 0.3, b.ravel() / 2**32 < 0.3)[0, 1]
        assert abs(kept) < 5 / math.sqrt(a.size), name


def test_no_two_rows_or_columns_are_alike():
    bits = np.hstack([shifted(update=k) >> 31 for k in range(5)])  # 200 rows of 480 bits
    for rows in (bits, bits.T):
        signs = 2.0 * rows - 1
        products = signs @ signs.T / signs.shape[1]
        np.fill_diagonal(products, 0)
        assert np.abs(products).max() < 6 / math.sqrt(signs.shape[1])  # of 115,000 pairs
