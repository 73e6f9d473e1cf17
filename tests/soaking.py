"""How much of the long proofs is run: a sample that is always the same, or with `--soak` as much as one wants."""

from dataclasses import dataclass, fields

import pytest


@dataclass(frozen=True)
class Soaking:
    """What a run does of each long proof: orders of acts and how many acts in each, processes killed at random, repeats
    of each race, seconds in which so many clients do everything, and their seed."""

    examples: int = 12
    steps: int = 30
    kills: int = 0
    races: int = 1
    seconds: int = 4
    clients: int = 16
    seed: int = 1
    long: bool = False


def read(said: str | None) -> Soaking:
    """What `--soak examples=400,steps=60` says; the sample where nothing is said."""
    if said is None:
        return Soaking()
    known = {field.name for field in fields(Soaking)} - {"long"}
    asked = dict(each.split("=") for each in said.split(",") if each)
    if unknown := set(asked) - known:
        raise pytest.UsageError(f"--soak knows {sorted(known)}, not {sorted(unknown)}")
    return Soaking(**{name: int(number) for name, number in asked.items()}, long=True)


def pytest_addoption(parser):
    parser.addoption(
        "--soak", metavar="examples=N,steps=N,kills=N,races=N,seconds=N,…", help="the long proofs, so many of each"
    )


@pytest.fixture(scope="session")
def soaking(request) -> Soaking:
    """How much of the long proofs is asked for."""
    return read(request.config.getoption("--soak"))


def pytest_generate_tests(metafunc):
    """Have every race run as often as `--soak races=N` says."""
    times = read(metafunc.config.getoption("--soak")).races
    if times > 1 and ".races." in metafunc.module.__name__ and not metafunc.module.__name__.endswith(".test_crowd"):
        metafunc.fixturenames.append("time_of_race")
        metafunc.parametrize("time_of_race", range(times), ids=lambda number: f"time {number + 1}")
