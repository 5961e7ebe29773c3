"""Error mitigation as an estimator's result shows it.

Nothing is mitigated: an exact engine makes no errors, and those of a noisy engine stay as they are. What the service
adds to a result when mitigation is on is there, in the right shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pytest_qruntime.programs.native.options import extrapolators, noise_factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_DECOUPLING = ("enable", "sequence_type", "extra_slack_distribution", "scheduling_method")
_TWIRLING = (
    "enable_gates",
    "enable_measure",
    "num_randomizations",
    "shots_per_randomization",
    "interleave_randomizations",
    "strategy",
)
_RESILIENCE = ("measure_mitigation", "zne_mitigation", "pec_mitigation")


class Extrapolation(NamedTuple):
    """Zero-noise extrapolation, as the options ask for it."""

    noise_factors: Sequence[float]
    extrapolators: Sequence[str]
    extrapolated: Sequence[float]


class Mitigation(NamedTuple):
    """What a job's options switch on.

    Attributes:
        metadata: the job's, as the service repeats the options.
        zne: the extrapolation, if there is one.
        pec: whether probabilistic error cancellation is on.
    """

    metadata: Mapping[str, Any]
    zne: Extrapolation | None
    pec: bool

    @classmethod
    def of(cls, echo: Mapping[str, Any], options: Mapping[str, Any]) -> Mitigation:
        """The mitigation of a job, from its options and their echo with the defaults of the resilience level."""
        chosen = echo["resilience"]
        resilience = {key: chosen[key] for key in _RESILIENCE}
        zne = _extrapolation(chosen.get("zne") or {}) if resilience["zne_mitigation"] else None
        if zne is not None:
            resilience["zne"] = {
                "noise_factors": list(zne.noise_factors),
                "extrapolator": list(zne.extrapolators),
                "extrapolated_noise_factors": list(zne.extrapolated),
            }
        if resilience["pec_mitigation"]:
            resilience["layer_noise_model"] = []
        metadata = {
            "dynamical_decoupling": {key: echo["dynamical_decoupling"][key] for key in _DECOUPLING},
            "twirling": {key: echo["twirling"][key] for key in _TWIRLING},
            "resilience": resilience,
        }
        return cls(metadata, zne, bool(resilience["pec_mitigation"]))

    def fields(
        self, exact: Array, noise: Array, bound: Array, randomizations: int, draws: np.random.Generator
    ) -> dict[str, Array]:
        """The arrays of a PUB's result.

        Args:
            exact: the expectation values.
            noise: the standard deviations that counting shots gives them, of the same shape.
            bound: what no mean of outcomes can exceed, of the same shape.
            randomizations: how many groups the shots are in; from their scatter a standard deviation is estimated.
            draws: where noise comes from.
        """
        if self.zne is not None:
            return self._extrapolated(self.zne, exact, noise, bound, randomizations, draws)
        return {
            "evs": _measured(exact, noise, bound, draws),
            "stds": _estimated(noise, randomizations, draws),
            "ensemble_standard_error": np.array(noise),
        }

    def _extrapolated(
        self,
        zne: Extrapolation,
        exact: Array,
        noise: Array,
        bound: Array,
        randomizations: int,
        draws: np.random.Generator,
    ) -> dict[str, Array]:
        """The true values do not depend on the noise factor, so every fit is their mean."""
        factors = len(zne.noise_factors)
        exacts, noises = (np.repeat(array[..., None], factors, axis=-1) for array in (exact, noise))
        raw = _measured(exacts, noises, bound[..., None], draws)
        raw_stds = _estimated(noises, randomizations, draws)
        evs = np.asarray(raw.mean(axis=-1))
        stds = np.asarray(np.sqrt((raw_stds**2).sum(axis=-1)) / factors)
        fits = (*exact.shape, len(zne.extrapolators), len(zne.extrapolated))
        return {
            "evs": evs,
            "stds": stds,
            "evs_noise_factors": raw,
            "stds_noise_factors": raw_stds,
            "ensemble_stds_noise_factors": noises,
            "evs_extrapolated": np.broadcast_to(evs[..., None, None], fits),
            "stds_extrapolated": np.broadcast_to(stds[..., None, None], fits),
        }

    def of_pub(self, shape: Sequence[int]) -> dict[str, Any]:
        """The metadata of a PUB's result: with extrapolation, which one was taken for each element, in C order."""
        metadata: dict[str, Any] = {}
        if self.zne is not None:
            first = self.zne.extrapolators[0]
            metadata["zne"] = {"extrapolator": [first] * int(np.prod(shape)) if shape else first}
        if self.pec:
            metadata["pec"] = {"num_randomizations_scaling": 1.0}
            metadata["layer_noise"] = {
                "noise_overhead": 1.0,
                "total_mitigated_layers": 0,
                "unique_mitigated_layers": 0,
                "unique_mitigated_layers_noise_overhead": [],
            }
        return metadata


def _extrapolation(zne: Mapping[str, Any]) -> Extrapolation:
    factors = noise_factors(zne.get("noise_factors"))
    at = zne.get("extrapolated_noise_factors")
    return Extrapolation(factors, extrapolators(zne.get("extrapolator")), (0, *factors) if at in (None, "auto") else at)


def _measured(exact: Array, noise: Array, bound: Array, draws: np.random.Generator) -> Array:
    return np.asarray(np.clip(exact + noise * draws.standard_normal(exact.shape), -bound, bound))


def _estimated(noise: Array, randomizations: int, draws: np.random.Generator) -> Array:
    """Standard deviations as they come out when they are taken from the scatter of so many groups of shots."""
    free = randomizations - 1
    if free < 1:
        return np.array(noise)
    return np.asarray(noise * np.sqrt(draws.chisquare(free, noise.shape) / free))
