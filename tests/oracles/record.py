"""Record what PyTorch and Optax compute, for tests/test_oracles.py.

Run it only to record anew, in an environment of its own; the tests need neither library::

    pip install torch==2.13.0 optax==0.2.8
    python tests/oracles/record.py
"""

import json
from pathlib import Path

import numpy as np

STEPS = 200
KEPT = sorted({*range(1, 10), 51, 101, 151, *range(10, STEPS + 1, 5)})  # steps whose theta is written down

# name: our keyword arguments (lr is the peak of each rate below), PyTorch's class and arguments, Optax's
DEFAULT = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
TORCH = {
    "gd": (dict(lr=0.05), "SGD", {}),
    "momentum": (dict(lr=0.02, beta=0.9), "SGD", dict(momentum=0.9)),
    "nesterov": (dict(lr=0.02, beta=0.9), "SGD", dict(momentum=0.9, nesterov=True)),
    "adagrad": (dict(lr=0.5, eps=1e-10), "Adagrad", dict(eps=1e-10)),
    "rmsprop": (dict(lr=0.02, beta=0.99, eps=1e-8), "RMSprop", dict(alpha=0.99, eps=1e-8)),
    "adam": (dict(lr=0.05, **DEFAULT), "Adam", {}),
    "adamw": (dict(lr=0.05, **DEFAULT, weight_decay=0.1), "AdamW", dict(weight_decay=0.1)),
}
OPTAX = {
    "gd": (dict(lr=0.05), "sgd", {}),
    "momentum": (dict(lr=0.02, beta=0.9), "sgd", dict(momentum=0.9)),
    "nesterov": (dict(lr=0.02, beta=0.9), "sgd", dict(momentum=0.9, nesterov=True)),
    # inside or outside the root, an eps that vanishes is the same: only then the two rules are one
    "adagrad": (dict(lr=0.5, eps=1e-300), "adagrad", dict(initial_accumulator_value=0.0, eps=0.0)),
    "rmsprop": (dict(lr=0.02, beta=0.99, eps=1e-8), "rmsprop", dict(decay=0.99, eps=1e-8, eps_in_sqrt=False)),
    "adam": (dict(lr=0.05, **DEFAULT), "adam", {}),
    "adamw": (dict(lr=0.05, **DEFAULT, weight_decay=0.1), "adamw", dict(weight_decay=0.1)),
}
RATES = ["constant({lr})", "step({lr}, 50, 0.3)", "cosine({lr}, 200)"]


def inputs():
    """Return both problems: gradients of rows sized 1e-9 to 100, and a noisy quadratic."""
    rng = np.random.default_rng(20260)
    size = np.geomspace(1e-9, 100, 7)[:, None]
    gradients = rng.normal(size=(STEPS, 7, 3)) * size
    gradients[:, :, 2] = 0  # coordinates that never have a gradient
    gradients[rng.random(STEPS) < 0.9, 4] = 0  # a row that seldom has one
    turn, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    return {
        "gradients": gradients,
        "open_start": rng.normal(size=(7, 3)) * size / 100,
        "hessian": turn @ np.diag(np.geomspace(0.1, 10, 5)) @ turn.T,
        "noise": rng.normal(size=(STEPS, 5)) / 3,
        "closed_start": rng.normal(size=5),
    }


def problems(given):
    """Yield the name, the gradient at a step and the start of each problem."""
    yield "open", lambda t, p: given["gradients"][t], given["open_start"]
    yield "closed", lambda t, p: given["hessian"] @ p + given["noise"][t], given["closed_start"]


def torch_rate(optimizer, rate):
    """Return PyTorch's scheduler for the `rate`-th of RATES."""
    from torch.optim import lr_scheduler as s

    make = [
        lambda: s.ConstantLR(optimizer, factor=1.0),
        lambda: s.StepLR(optimizer, 50, 0.3),
        lambda: s.CosineAnnealingLR(optimizer, 200),
    ]
    return make[rate]()


def torch_walk(name, rate, gradient, start):
    """Return the iterates of PyTorch's optimizer."""
    import torch

    ours, kind, options = TORCH[name]
    p = torch.nn.Parameter(torch.tensor(start))
    optimizer = getattr(torch.optim, kind)([p], lr=ours["lr"], **options)
    scheduler, walked = torch_rate(optimizer, rate), []
    for t in range(STEPS):
        p.grad = torch.tensor(gradient(t, p.detach().numpy()))
        optimizer.step()
        scheduler.step()
        walked.append(p.detach().numpy().copy())
    return np.array(walked)


def optax_rate(lr, rate):
    """Return Optax's schedule for the `rate`-th of RATES."""
    import optax as o

    make = [
        lambda: lr,
        lambda: o.piecewise_constant_schedule(lr, {50: 0.3, 100: 0.3, 150: 0.3}),
        lambda: o.cosine_decay_schedule(lr, 200),
    ]
    return make[rate]()


def optax_walk(name, rate, gradient, start):
    """Return the iterates of Optax's optimizer."""
    import jax.numpy as jnp
    import optax

    ours, kind, options = OPTAX[name]
    rule = getattr(optax, kind)(optax_rate(ours["lr"], rate), **options)
    p = jnp.asarray(start)
    state, walked = rule.init(p), []
    for t in range(STEPS):
        update, state = rule.update(jnp.asarray(gradient(t, np.asarray(p))), state, p)
        p = optax.apply_updates(p, update)
        walked.append(np.asarray(p))
    return np.array(walked)


CYCLE = dict(cycle_momentum=False, div_factor=10, final_div_factor=100)


def torch_schedules():
    """Yield calls of ours, each with PyTorch's counterpart as a function of the optimizer."""
    from torch.optim import lr_scheduler as s

    yield "constant(0.3)", lambda o: s.ConstantLR(o, factor=1.0)
    yield "step(0.3, 30, 0.5)", lambda o: s.StepLR(o, 30, 0.5)
    yield "multistep(0.3, (30, 80, 80, 120), 0.2)", lambda o: s.MultiStepLR(o, [30, 80, 80, 120], 0.2)
    yield "exponential(0.3, 0.97)", lambda o: s.ExponentialLR(o, 0.97)
    yield "linear(0.3, 150)", lambda o: s.LinearLR(o, 1.0, 0.0, 150)
    yield "linear(0.3, 150, 0.03)", lambda o: s.LinearLR(o, 1.0, 0.1, 150)
    yield "polynomial(0.3, 150, 2)", lambda o: s.PolynomialLR(o, 150, 2.0)
    yield "polynomial(0.3, 200, 0.5)", lambda o: s.PolynomialLR(o, 200, 0.5)
    # only within T_max: beyond it PyTorch climbs again
    yield "cosine(0.3, 200)", lambda o: s.CosineAnnealingLR(o, 200)
    yield "cosine(0.3, 199, 0.02)", lambda o: s.CosineAnnealingLR(o, 199, 0.02)
    yield "restarts(0.3, 15, 1, 0.01)", lambda o: s.CosineAnnealingWarmRestarts(o, 15, 1, 0.01)
    yield "restarts(0.3, 15, 2, 0.01)", lambda o: s.CosineAnnealingWarmRestarts(o, 15, 2, 0.01)
    yield "one_cycle(0.3, 200)", lambda o: s.OneCycleLR(o, 0.3, 200)
    yield "one_cycle(0.3, 200, 0.45, 10, 100)", lambda o: s.OneCycleLR(o, 0.3, 200, pct_start=0.45, **CYCLE)


def torch_joined():
    """Yield calls of ours that PyTorch joins from two schedules."""
    from torch.optim import lr_scheduler as s

    def climb(o):  # PyTorch's count of warm-up steps leaves out the first
        return s.LinearLR(o, 1 / 20, 1.0, 19)

    def then(after, at=20):
        return lambda o: s.SequentialLR(o, [climb(o), after(o)], [at])

    yield "wsd(0.3, 190, 20, 50, 0.03)", then(lambda o: s.LinearLR(o, 1.0, 0.1, 50), at=140)
    yield "warmup(cosine(0.3, 180), 20)", then(lambda o: s.CosineAnnealingLR(o, 180))
    yield "warmup(linear(0.3, 170), 20)", then(lambda o: s.LinearLR(o, 1.0, 0.0, 170))
    yield "warmup(step(0.3, 30, 0.5), 20)", then(lambda o: s.StepLR(o, 30, 0.5))
    yield "warmup(exponential(0.3, 0.97), 20)", then(lambda o: s.ExponentialLR(o, 0.97))


def torch_rates(make):
    """Return the rates of the first STEPS steps of one of PyTorch's schedulers."""
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3, momentum=0.9)
    scheduler, rates = make(optimizer), []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < STEPS:  # one_cycle refuses to go on
            scheduler.step()
    return rates


def optax_schedules():
    """Yield calls of ours with Optax's counterpart.

    Its linear, polynomial, exponential and warm-up schedules are left out: with the int32 counter of its optimizers
    they are evaluated in float32. So is its one-cycle, whose phases end elsewhere.
    """
    import optax as o

    def cycle(length):
        return dict(init_value=0.3, peak_value=0.3, warmup_steps=0, decay_steps=length, end_value=0.01)

    yield "constant(0.3)", o.constant_schedule(0.3)
    yield "step(0.3, 30, 0.5)", o.piecewise_constant_schedule(0.3, dict.fromkeys(range(30, STEPS, 30), 0.5))
    yield "multistep(0.3, (30, 80, 120), 0.2)", o.piecewise_constant_schedule(0.3, {30: 0.2, 80: 0.2, 120: 0.2})
    yield "cosine(0.3, 200)", o.cosine_decay_schedule(0.3, 200)
    yield "cosine(0.3, 150, 0.03)", o.cosine_decay_schedule(0.3, 150, 0.1)
    yield "restarts(0.3, 15, 1, 0.01)", o.sgdr_schedule([cycle(15)] * 14)
    yield "restarts(0.3, 15, 2, 0.01)", o.sgdr_schedule([cycle(15), cycle(30), cycle(60), cycle(120)])


def walks(given):
    """Yield the key of each walk, what makes it, and its iterates, of shape (rate, kept step, ...)."""
    for library, table, walk in [("torch", TORCH, torch_walk), ("optax", OPTAX, optax_walk)]:
        for name, (ours, *_) in table.items():
            rates = RATES[:1] if name == "nesterov" else RATES  # under a schedule the two forms of Nesterov part
            about = {"optimizer": name, "rates": [rate.format(**ours) for rate in rates]}
            about["hyper"] = {key: value for key, value in ours.items() if key != "lr"}
            for problem, gradient, start in problems(given):
                walked = [walk(name, rate, gradient, start)[np.array(KEPT) - 1] for rate in range(len(rates))]
                yield f"{library} {name} {problem}", {**about, "problem": problem}, np.array(walked)


def schedules():
    """Yield the key of each library's schedules, our calls, and their rates, of shape (call, step)."""
    made = [*torch_schedules(), *torch_joined()]
    yield "torch schedules", [call for call, _ in made], np.array([torch_rates(make) for _, make in made])
    made = list(optax_schedules())
    rates = [[float(rate(t)) for t in range(STEPS)] for _, rate in made]
    yield "optax schedules", [call for call, _ in made], np.array(rates)


def record():
    """Return all arrays of the fixture, and in JSON what they are."""
    import jax
    import optax
    import torch

    jax.config.update("jax_enable_x64", True)
    arrays = inputs()
    about = {"versions": {"torch": torch.__version__.split("+")[0], "optax": optax.__version__}}
    for kind, found in [("walks", list(walks(arrays))), ("schedules", list(schedules()))]:
        about[kind] = {key: what for key, what, _ in found}
        arrays |= {key: values for key, _, values in found}
    return {**arrays, "kept": np.array(KEPT), "about": np.array(json.dumps(about))}


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).with_name("recorded.npz"), **record())
