"""Which synthetic videos of a class are worth training on first, where there are more than are
asked for: the words of the grid's `selection`, besides `random`.

quality     those of the lowest risk (`artifacts.quality`)
hardness    those of whose class the recogniser that saw the real videos alone is least sure, by
            the entropy of its prediction (Askari-Hemmat et al., Improving the Scaling Laws of
            Synthetic Data with Deliberate Practice, 2025)
covariance  those whose features together vary as the class's real ones do (Rezaei et al.,
            High-dimensional Analysis of Synthetic Data Selection, ICLR 2026), chosen one by one
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from understudy.recognition.embedding import Embedding, load_embedding
from understudy.recognition.selection import Clip, Order, as_drawn


def by_quality(synthetic: list[Clip], real: list[Clip]) -> list[Clip]:
    return sorted(synthetic, key=lambda clip: clip.risk)


def by_hardness(embedding: Embedding) -> Order:
    def hardest_first(synthetic: list[Clip], real: list[Clip]) -> list[Clip]:
        entropy = embedding.entropy[embedding.of(synthetic)]
        return [synthetic[i] for i in np.argsort(-entropy, kind="stable")]

    return hardest_first


def by_covariance(embedding: Embedding) -> Order:
    def best_together(synthetic: list[Clip], real: list[Clip]) -> list[Clip]:
        if len(real) < 2:
            return synthetic  # a class that the caps left short: nothing varies
        features = embedding.features.astype(np.float64)
        order = covariance_order(features[embedding.of(synthetic)], features[embedding.of(real)])
        return [synthetic[i] for i in order]

    return best_together


# What an embedding is needed for: the words of `points.EMBEDDED`.
EMBEDDED: dict[str, Callable[[Embedding], Order]] = {
    "hardness": by_hardness,
    "covariance": by_covariance,
}


def order_of(selection: str, embedding: Path | str) -> Order:
    """Of a word of the grid; embedding: the file that hardness and covariance need.

    Raises UserError for a damaged file.
    """
    plain: dict[str, Order] = {"random": as_drawn, "quality": by_quality}
    if selection in plain:
        return plain[selection]
    return EMBEDDED[selection](load_embedding(Path(embedding)))


def covariance_order(candidates: np.ndarray, target: np.ndarray) -> list[int]:
    """The candidates (n,d) in an order each beginning of which, from two on, has a covariance as
    near (Frobenius) to that of the target (m,d) as the next one added can make it; the first two
    are the best pair. Of equal ones the first."""
    count = len(candidates)
    if count < 2:
        return list(range(count))
    candidates, target = _without_idle_dimensions(candidates, target)
    wanted = np.cov(target, rowvar=False, bias=True).reshape((target.shape[1],) * 2)
    order = _best_pair(candidates, wanted)
    mean = candidates[order].mean(0)
    spread = np.cov(candidates[order], rowvar=False, bias=True).reshape(wanted.shape)
    left = np.setdiff1d(np.arange(count), order)
    while left.size:
        k = len(order)
        # One more turns a covariance C into keep·C + add·z zᵀ, z its offset from the mean.
        keep, add = k / (k + 1), k / (k + 1) ** 2
        offset = candidates[left] - mean
        off = np.einsum("nd,de,ne->n", offset, keep * spread - wanted, offset)
        length = (offset**2).sum(1)
        best = int(np.argmin(2 * add * off + (add * length) ** 2))
        z = offset[best]
        spread = keep * spread + add * np.outer(z, z)
        mean = mean + z / (k + 1)
        order.append(int(left[best]))
        left = np.delete(left, best)
    return order


def _without_idle_dimensions(
    candidates: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both in the few dimensions in which they differ at all: distances and covariances stay."""
    together = np.concatenate([candidates, target])
    middle = together.mean(0)
    _, values, axes = np.linalg.svd(together - middle, full_matrices=False)
    axes = axes[values > 1e-9 * max(values.max(), 1e-300)]
    return (candidates - middle) @ axes.T, (target - middle) @ axes.T


def _best_pair(candidates: np.ndarray, wanted: np.ndarray) -> list[int]:
    """Of two, z apart, the covariance is z zᵀ / 4."""
    turned = candidates @ wanted
    own = np.einsum("nd,nd->n", turned, candidates)
    off = own[:, None] + own - 2 * turned @ candidates.T
    square = (candidates**2).sum(1)
    length = np.maximum(square[:, None] + square - 2 * candidates @ candidates.T, 0)
    cost = length**2 / 16 - off / 2
    cost[np.tril_indices(len(candidates))] = np.inf
    return [int(i) for i in np.unravel_index(np.argmin(cost), cost.shape)]
