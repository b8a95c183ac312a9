"""Are two shares different beyond chance? Exact tests, and their correction when there are many."""

from __future__ import annotations

from math import exp, lgamma


def fisher(right_a: int, n_a: int, right_b: int, n_b: int) -> float:
    """Two-sided p of Fisher's exact test that two groups are right equally often: the chance, with both totals given, of a table
    that is no likelier than this one. Holds for the rare errors of a good reader, where the normal approximation does not.

    @raises ValueError if a count is not within 0..n.
    """
    if not (0 <= right_a <= n_a and 0 <= right_b <= n_b):
        raise ValueError(f"{right_a} of {n_a} and {right_b} of {n_b} are no counts of two groups.")
    right, n = right_a + right_b, n_a + n_b

    def log_choose(a: int, b: int) -> float:
        return lgamma(a + 1) - lgamma(b + 1) - lgamma(a - b + 1)

    def chance(x: int) -> float:
        return exp(log_choose(n_a, x) + log_choose(n_b, right - x) - log_choose(n, right))

    seen = chance(right_a)
    tables = range(max(0, right - n_b), min(right, n_a) + 1)
    return min(1.0, sum(p for x in tables if (p := chance(x)) <= seen * (1 + 1e-7)))


def holm(ps: list[float]) -> list[float]:
    """Adjusted p-values (Holm 1979): reject where one is at most the level, and the chance of any false rejection stays below it."""
    adjusted, largest = [0.0] * len(ps), 0.0
    for rank, k in enumerate(sorted(range(len(ps)), key=lambda k: ps[k])):
        largest = max(largest, min(1.0, (len(ps) - rank) * ps[k]))
        adjusted[k] = largest
    return adjusted
