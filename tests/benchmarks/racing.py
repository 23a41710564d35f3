"""10 000 runs of Adam, 500 steps each, on Rosenbrock's valley: optbook, Optax and PyTorch, each as
a whole process.

A reader waits for all of it, so all of it counts: start Python, import, compile, run. The
contestants that are installed take turns, one process at a time, and their medians are compared.
Run it with ``make bench``, or with ``--repeats 9``.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time

RACERS, STEPS, TARGET = 10_000, 500, 0.3
NEEDS = {"optbook": ("optbook",), "optax": ("optax", "jax"), "torch": ("torch",)}


def starts():
    """Return where the racers begin and their learning rates."""
    import numpy as np

    rng = np.random.default_rng(0)
    return (
        rng.uniform((-2, -1), (2, 3), size=(RACERS, 2)),
        np.geomspace(1e-3, 1e-1, RACERS)[:, None],
    )


def optbook():
    """Run all in one broadcast."""
    from optbook import adam, minimize, rosenbrock

    theta, lr = starts()
    return minimize(
        rosenbrock, adam, start=theta, lr=lr, steps=STEPS, every=STEPS, progress=False
    ).theta[-1]


def optax():
    """Run all by jit, vmap and scan, in float64."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)

    def loss(theta):
        return (1 - theta[0]) ** 2 + 100 * (theta[1] - theta[0] ** 2) ** 2

    def run(theta, lr):
        rule = optax.adam(lr[0])

        def step(carry, _):
            theta, state = carry
            updates, state = rule.update(jax.grad(loss)(theta), state)
            return (optax.apply_updates(theta, updates), state), None

        return jax.lax.scan(step, (theta, rule.init(theta)), length=STEPS)[0][0]

    return jax.jit(jax.vmap(run))(*starts())


def torch():
    """Run all as one batch with the fused kernel; one rate for all, for PyTorch takes no more."""
    import torch

    theta = torch.tensor(starts()[0], requires_grad=True)
    rule = torch.optim.Adam([theta], lr=1e-2, fused=True)
    for _ in range(STEPS):
        rule.zero_grad()
        x, y = theta[:, 0], theta[:, 1]
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).sum().backward()
        rule.step()
    return theta.detach()


CONTESTANTS = {"optbook": optbook, "optax": optax, "torch": torch}


def check(name):
    """Run one contestant and print the first racers' last points, so that no one is fast by
    doing nothing."""
    import numpy as np

    print(json.dumps(np.asarray(CONTESTANTS[name]())[:3].tolist()))


def seconds(name):
    """Return how long one contestant takes as a whole process."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, __file__, "--only", name], check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - begin


def main():
    """Let those that are installed take turns, and compare their medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="processes of each (default 5)")
    parser.add_argument("--only", choices=CONTESTANTS, help="run one contestant in this process")
    options = parser.parse_args()
    if options.only:
        return check(options.only)
    there = [
        name
        for name, needs in NEEDS.items()
        if all(importlib.util.find_spec(need) for need in needs)
    ]
    for name in NEEDS.keys() - there:
        print(f"{name:8} is not installed: pip install {' '.join(NEEDS[name])}")
    times = {name: [] for name in there}
    for _ in range(options.repeats):
        for name in there:
            times[name].append(seconds(name))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, median in medians.items():
        ratio = medians["optbook"] / median
        verdict = (
            "" if name == "optbook" else f"   optbook / {name} = {ratio:.2f} (target <= {TARGET})"
        )
        print(
            f"{name:8} {median:6.2f} s, {min(times[name]):.2f} to {max(times[name]):.2f}{verdict}"
        )


if __name__ == "__main__":
    main()
