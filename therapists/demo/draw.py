"""Draws a national register as arrays: who is where, offers what and has which places. Same seed, same people."""

from dataclasses import dataclass

import numpy as np

from therapists.demo.people import FAMILIES, MEN, RESIDENTS, WOMEN

# Proportions, roughly as the registers' own figures and surveys suggest; only what looks believable matters here.
REGISTERS = {
    "BACP": 620,
    "NCPS": 150,
    "UKCP": 110,
    "CBTRUK": 60,
    "BPC": 18,
    "ACC": 20,
    "COSCA": 15,
    "HGI": 3,
    "UKAHPP": 3,
}
MODALITIES = {
    "integrative": 34, "person-centred": 33, "cbt": 26, "psychodynamic": 20, "transactional-analysis": 7, "gestalt": 6,
    "emdr": 9, "existential": 4, "cat": 3, "act": 6, "cft": 7, "schema": 4, "systemic-family": 3, "couple": 8,
    "sfbt": 8, "pluralistic": 5, "pce-cfd": 4, "psychoanalytic": 3, "jungian": 2, "ipt": 2, "mbct": 3, "ifs": 5,
    "somatic": 4, "tf-cbt": 5, "human-givens": 1, "art-therapy": 2, "behavioural-activation": 4, "dbt": 2,
    "psychosexual": 2, "dit": 2, "emotion-focused": 2, "narrative": 2, "motivational-interviewing": 3, "erp": 2,
}  # fmt: skip
GRADES = ("registered", "accredited", "senior")


@dataclass(frozen=True)
class Draw:
    """One entry per therapist. `weights_*` choose among reference rows; masks have 21 bits (see Therapist)."""

    woman: np.ndarray
    gender: np.ndarray
    given: list[str]
    family: list[str]
    area: np.ndarray
    spread: np.ndarray
    register: np.ndarray
    second_register: np.ndarray
    in_person: np.ndarray
    online_hours: np.ndarray
    room_hours: np.ndarray
    fee: np.ndarray
    places: np.ndarray
    confirmed_days: np.ndarray
    style: np.ndarray


def draw(count: int, seed: int) -> Draw:
    rng = np.random.default_rng(seed)
    gender = rng.choice(["woman", "man", "non_binary", ""], count, p=[0.775, 0.19, 0.02, 0.015])
    woman = np.where(gender == "woman", True, np.where(gender == "man", False, rng.random(count) < 0.6))
    return Draw(
        woman=woman,
        gender=gender,
        given=[
            _one(rng_value, WOMEN if is_woman else MEN)
            for rng_value, is_woman in zip(rng.random(count), woman, strict=True)
        ],
        family=[_one(value, FAMILIES) for value in rng.random(count)],
        area=rng.choice(list(RESIDENTS), count, p=shares(RESIDENTS)),
        spread=rng.normal(0, 1, (count, 2)).clip(-2, 2),
        register=rng.choice(list(REGISTERS), count, p=shares(REGISTERS)),
        second_register=np.where(rng.random(count) < 0.06, "UKCP", ""),
        in_person=rng.random(count) < 0.74,
        online_hours=_hours(rng, count),
        room_hours=_hours(rng, count),
        fee=(np.round(rng.normal(55, 11, count).clip(30, 130) / 5) * 500).astype(int),
        places=rng.choice([0, 1, 2, 3, 4], count, p=[0.46, 0.25, 0.16, 0.09, 0.04]),
        confirmed_days=np.where(rng.random(count) < 0.94, rng.uniform(0.2, 12, count), rng.uniform(15, 60, count)),
        style=np.where(rng.random((count, 4)) < 0.8, rng.integers(-3, 4, (count, 4)), 9),
    )


def shares(weights: dict[str, int]) -> np.ndarray:
    values = np.array(list(weights.values()), dtype=float)
    return values / values.sum()


def _one(value: float, names: list[str]) -> str:
    # Squared, so that some names are common and many are rare.
    return names[int(value * value * len(names))] if value > 0.5 else names[int(value * len(names) * 2) % len(names)]


def _hours(rng: np.random.Generator, count: int) -> np.ndarray:
    """Masks in which people work three to five days, most of them by day and about half on some evenings."""
    chance = np.zeros((7, 3))
    chance[:5] = [0.62, 0.66, 0.36]
    chance[5] = [0.2, 0.14, 0.04]
    chance[6] = [0.06, 0.05, 0.03]
    works = rng.random((count, 7, 1)) < np.array([0.8, 0.85, 0.85, 0.85, 0.7, 0.7, 0.6]).reshape(1, 7, 1)
    offered = (rng.random((count, 7, 3)) < chance) & works
    masks = (offered.reshape(count, 21) * (1 << np.arange(21))).sum(axis=1)
    return np.where(masks == 0, 1 << 4, masks)
