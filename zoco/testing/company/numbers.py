"""Numbers that a seed always gives, and their text, made for whole columns at once."""

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_FLOOR, _SPAN = 10**18, np.uint64(8 * 10**18)


def mixed(*parts: "int | U64 | NDArray[np.int64]") -> U64:
    """Hash columns and constants into 64 bits a row (splitmix64; Steele, Lea, Flood 2014)."""
    state: U64 = np.zeros(1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            column = np.asarray(part).astype(np.uint64)
            state = (state ^ column) + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return state


def visitor_numbers(*parts: "int | U64 | NDArray[np.int64]") -> NDArray[np.int64]:
    """Return 63-bit pseudonyms of 19 digits each."""
    return (mixed(*parts) % _SPAN).astype(np.int64) + _FLOOR


def uuids(seed: int, stream: int, count: int) -> NDArray[np.uint8]:
    """Return `count` UUIDv8 (RFC 9562, section 5.8) as rows of 36 characters."""
    index = np.arange(count, dtype=np.uint64)
    high = mixed(seed, stream, 1, index) & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x8000)
    low = mixed(seed, stream, 2, index) & np.uint64(0x3FFFFFFFFFFFFFFF) | np.uint64(0x8000000000000000)
    text = np.full((count, 36), ord("-"), dtype=np.uint8)
    places = [place for place in range(36) if place not in (8, 13, 18, 23)]
    for digit, place in enumerate(places):
        half, shift = (high, 60 - 4 * digit) if digit < 16 else (low, 124 - 4 * digit)
        text[:, place] = _HEX[(half >> np.uint64(shift)) & np.uint64(15)]
    return text


def digits(numbers: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """Return positive numbers of exactly `width` digits as rows of characters."""
    text = np.empty((len(numbers), width), dtype=np.uint8)
    rest = numbers.copy()
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        text[:, place] = digit + ord("0")
    if rest.any():
        raise ValueError(f"A number has more than {width} digits.")
    return text


def pick(weights: NDArray[np.float64], drawn: NDArray[np.float64]) -> NDArray[np.int64]:
    """Turn uniform draws into indices, each as often as its weight says."""
    bounds = np.cumsum(weights)
    chosen: NDArray[np.int64] = np.searchsorted(bounds, drawn * bounds[-1], side="right")
    return np.minimum(chosen, len(weights) - 1)
