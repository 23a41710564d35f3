"""What PyTorch, Optax and SciPy do with the bad inputs that optbook is tried on; the book's page
reads what is stored.

Each library gets an input in its natural place, as `EQUIVALENTS` says; an input without such a
place there is left out. All walk on half the square of two coordinates, in float64, from (1, 1),
for three steps (SciPy: until it stops). Then:

    refused     an exception, of whatever type        warned      a Python warning, whatever the
    numbers reported    SciPy's result says no success        accepted    finite numbers, and no
    word silent      infinite or NaN numbers, and no word

With ``--write``, the outcomes are kept for the page. It needs optbook's packages, and these::

    pip install torch==2.13.0 optax==0.2.8 scipy
"""

import argparse
import functools
import itertools
import platform
import warnings
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import optax
import scipy.optimize
import torch
from inputs import BAD
from machine import write

import optbook

EQUIVALENTS = {  # where each library takes what attacks this role, if it has such a place
    "number": {"PyTorch": "Adam([theta], lr=…)", "Optax": "adam(…)"},
    "count": {
        "PyTorch": "CosineAnnealingLR(rule, T_max=…)",
        "Optax": "cosine_decay_schedule(0.1, decay_steps=…)",
        "SciPy": "minimize(…, options={'maxiter': …})",
    },
    "points": {
        "PyTorch": "torch.tensor(…, requires_grad=True)",
        "Optax": "rule.init(jnp.asarray(…))",
        "SciPy": "minimize(loss, x0=…)",
    },
    "slope": {
        "PyTorch": "theta.grad = torch.as_tensor(…), and None as it is",
        "Optax": "rule.update(…, state, theta), arrays by jnp.asarray",
        "SciPy": "minimize(…, jac=…)",
    },
    "rate": {"PyTorch": "LambdaLR(Adam([theta], lr=1.0), …)", "Optax": "adam(…)"},
    "height": {"SciPy": "minimize(fun=…, x0)"},
    "call": {"PyTorch": "Adam", "Optax": "adam", "SciPy": "minimize"},
}
# what is no bad input there, for it is what the library itself would take
DEFAULTS = {("SciPy", "count", "None")}
STEPS, START = 3, np.ones(2)


def loss(theta):
    """Return half the square."""
    return np.square(theta).sum() / 2


def slope(theta):
    """Return its gradient."""
    return theta * 1.0


def in_torch(start=START, slope=slope, rule=None, schedule=None):
    """Walk with PyTorch's Adam, its gradients set by hand; return the last point."""
    theta = torch.tensor(start, requires_grad=True)
    rule = (rule or (lambda theta: torch.optim.Adam([theta], lr=0.1)))(theta)
    schedule = schedule and schedule(rule)
    for _ in range(STEPS):
        g = slope(theta.detach().numpy())
        theta.grad = g if g is None else torch.as_tensor(g)
        rule.step()
        if schedule:
            schedule.step()
    return theta.detach().numpy()


def in_optax(start=START, slope=slope, rule=None):
    """Walk with Optax's Adam; return the last point."""
    theta, rule = jnp.asarray(start), (rule or (lambda: optax.adam(0.1)))()
    state = rule.init(theta)
    for _ in range(STEPS):
        g = slope(np.asarray(theta))
        updates, state = rule.update(
            jnp.asarray(g) if isinstance(g, np.ndarray) else g, state, theta
        )
        theta = optax.apply_updates(theta, updates)
    return np.asarray(theta)


def in_scipy(start=START, loss=loss, slope=slope, **more):
    """Minimize with SciPy's BFGS; return its result."""
    return scipy.optimize.minimize(loss, start, jac=slope, method="BFGS", **more)


def lambdas(rate):
    """Return a function that puts PyTorch's Adam of rate 1 under a schedule."""
    return {
        "rule": lambda theta: torch.optim.Adam([theta], lr=1.0),
        "schedule": lambda rule: torch.optim.lr_scheduler.LambdaLR(rule, rate),
    }


def annealed(count):
    """Return a function that puts PyTorch's Adam under a schedule of so many steps."""
    return {"schedule": lambda rule: torch.optim.lr_scheduler.CosineAnnealingLR(rule, T_max=count)}


def formed(bad, library):
    """Return a call whose form is bad: the optimizer's in PyTorch and Optax, the whole of it in
    SciPy."""
    theta = torch.ones(2, requires_grad=True)
    right = {
        "PyTorch": functools.partial(torch.optim.Adam, params=[theta], lr=0.1),
        "Optax": functools.partial(optax.adam, learning_rate=0.1),
        "SciPy": functools.partial(scipy.optimize.minimize, fun=loss, x0=START),
    }
    return bad.make(right[library])


def trial(bad, role, library):
    """Return a function of nothing that gives a library a bad input."""
    if role == "call":
        return formed(bad, library)
    right = {
        "number": 0.1,
        "count": 100,
        "points": np.ones(2),
        "slope": slope,
        "rate": lambda t: 0.1,
        "height": loss,
    }
    value = bad.make(right[role])
    where = {
        ("PyTorch", "number"): lambda: in_torch(
            rule=lambda theta: torch.optim.Adam([theta], lr=value)
        ),
        ("PyTorch", "count"): lambda: in_torch(**annealed(value)),
        ("PyTorch", "points"): lambda: in_torch(start=value),
        ("PyTorch", "slope"): lambda: in_torch(slope=value),
        ("PyTorch", "rate"): lambda: in_torch(**lambdas(value)),
        ("Optax", "number"): lambda: in_optax(rule=lambda: optax.adam(value)),
        ("Optax", "count"): lambda: in_optax(
            rule=lambda: optax.adam(optax.cosine_decay_schedule(0.1, value))
        ),
        ("Optax", "points"): lambda: in_optax(start=value),
        ("Optax", "slope"): lambda: in_optax(slope=value),
        ("Optax", "rate"): lambda: in_optax(rule=lambda: optax.adam(value)),
        ("SciPy", "count"): lambda: in_scipy(options={"maxiter": value}),
        ("SciPy", "points"): lambda: in_scipy(start=value),
        ("SciPy", "slope"): lambda: in_scipy(slope=value),
        ("SciPy", "height"): lambda: in_scipy(loss=value),
    }
    return where[library, role]


def outcome(call):
    """Return what comes of a call, in a word or two."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
            numbers = np.asarray(getattr(result, "x", result))
            finite = numbers.dtype.kind not in "iufc" or np.isfinite(numbers).all()
        except Exception as error:  # of whatever type: that is the question
            return f"refused: {type(error).__name__}"
    if caught:
        return "warned"
    if not getattr(result, "success", True):
        return "reported"
    return "accepted" if finite else "silent"


def results():
    """Return the outcome of each comparable input, by its role, its name and the library."""
    found = {role: {bad.name: {} for bad in BAD if role in bad.roles} for role in EQUIVALENTS}
    for bad, (role, places) in itertools.product(BAD, EQUIVALENTS.items()):
        for library in places if role in bad.roles else ():
            if (library, role, bad.name) not in DEFAULTS:
                found[role][bad.name][library] = outcome(trial(bad, role, library))
    return found


def main():
    """Try everything, print what came of it, and keep it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the result for the page")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    for run in (in_torch, in_optax, in_scipy):
        assert outcome(run) == "accepted", f"{run.__name__}: the right call is not"
    found = results()
    for role, inputs in found.items():
        for name, libraries in inputs.items():
            print(
                f"{role:7} {name:38}",
                *(f"{library}: {said:26}" for library, said in libraries.items()),
            )
    for library in ("PyTorch", "Optax", "SciPy"):
        every = itertools.chain(*(inputs.values() for inputs in found.values()))
        print(
            library, Counter(said[library].partition(":")[0] for said in every if library in said)
        )
    if options.write:
        modules = (optbook, np, torch, optax, jax, scipy)
        versions = {"python": platform.python_version()} | {
            m.__name__: m.__version__ for m in modules
        }
        write("bad_inputs", __file__, versions, found, equivalents=EQUIVALENTS)


if __name__ == "__main__":
    main()
