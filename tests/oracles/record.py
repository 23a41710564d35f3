"""Record what PyTorch and Optax compute, for tests/test_oracles.py.

Run it only to record anew, in an environment of its own; the tests need neither library::

    pip install torch==2.13.0 optax==0.2.8
    python tests/oracles/record.py
"""

import json
from pathlib import Path

import numpy as np

STEPS = 200
# steps whose theta is written down
KEPT = sorted({*range(1, 10), 51, 101, 151, *range(10, STEPS + 1, 5)})

# name: our keyword arguments (lr is the peak of each rate below), PyTorch's class and arguments,
# Optax's
DEFAULT = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
TORCH = {
    "gd": (dict(lr=0.05), "SGD", {}),
    "momentum": (dict(lr=0.02, beta=0.9), "SGD", dict(momentum=0.9)),
    "nesterov": (dict(lr=0.02, beta=0.9), "SGD", dict(momentum=0.9, nesterov=True)),
    "adagrad": (dict(lr=0.5, eps=1e-10), "Adagrad", dict(eps=1e-10)),
    "rmsprop": (dict(lr=0.02, beta=0.99, eps=1e-8), "RMSprop", dict(alpha=0.99, eps=1e-8)),
    "adam": (dict(lr=0.05, **DEFAULT), "Adam", {}),
    "adamw": (dict(lr=0.05, **DEFAULT, weight_decay=0.1), "AdamW", dict(weight_decay=0.1)),
    "rprop": (dict(lr=0.01, grow=1.2, shrink=0.5, low=1e-4, high=5e3), "Rprop", {}),
    "adadelta": (dict(lr=2.0, beta=0.9, eps=1e-6), "Adadelta", dict(rho=0.9, eps=1e-6)),
    "adamax": (dict(lr=0.05, **DEFAULT), "Adamax", {}),
    "amsgrad": (
        dict(lr=0.05, **DEFAULT | {"beta2": 0.9}),
        "Adam",
        dict(betas=(0.9, 0.9), amsgrad=True),
    ),
    "nadam": (dict(lr=0.05, **DEFAULT, psi=0.004), "NAdam", {}),
    "radam": (dict(lr=0.05, **DEFAULT), "RAdam", {}),
    "adafactor": (dict(lr=0.2, weight_decay=0.1), "Adafactor", dict(weight_decay=0.1)),
    "muon": (dict(lr=0.05, beta=0.95, weight_decay=0.1), "Muon", {}),
}
OPTAX = {
    "gd": (dict(lr=0.05), "sgd", {}),
    "momentum": (dict(lr=0.02, beta=0.9), "sgd", dict(momentum=0.9)),
    "nesterov": (dict(lr=0.02, beta=0.9), "sgd", dict(momentum=0.9, nesterov=True)),
    # inside or outside the root, an eps that vanishes is the same: only then the two rules are one
    "adagrad": (dict(lr=0.5, eps=1e-300), "adagrad", dict(initial_accumulator_value=0.0, eps=0.0)),
    "rmsprop": (
        dict(lr=0.02, beta=0.99, eps=1e-8),
        "rmsprop",
        dict(decay=0.99, eps=1e-8, eps_in_sqrt=False),
    ),
    "adam": (dict(lr=0.05, **DEFAULT), "adam", {}),
    "adamw": (dict(lr=0.05, **DEFAULT, weight_decay=0.1), "adamw", dict(weight_decay=0.1)),
    "adadelta": (dict(lr=2.0, beta=0.9, eps=1e-6), "adadelta", dict(rho=0.9, eps=1e-6)),
    "adamax": (dict(lr=0.05, **DEFAULT), "adamax", {}),
    # as for AdaGrad; and with a beta2 of 0.999 the last bit of its power would be the eleventh
    # digit of the sixth step
    "radam": (dict(lr=0.05, beta1=0.9, beta2=0.99, eps=1e-300), "radam", dict(b2=0.99, eps=1e-300)),
    "adabelief": (dict(lr=0.05, beta1=0.9, beta2=0.999, eps=1e-16), "adabelief", {}),
    "lion": (
        dict(lr=0.02, beta1=0.9, beta2=0.99, weight_decay=0.1),
        "lion",
        dict(weight_decay=0.1),
    ),
    "lamb": (
        dict(lr=0.02, **DEFAULT | {"eps": 1e-6}, weight_decay=0.1),
        "lamb",
        dict(weight_decay=0.1),
    ),
    "schedule_free_sgd": (dict(lr=0.05, beta=0.9), "sgd", {}),
    "schedule_free_adamw": (
        dict(lr=0.05, **DEFAULT, weight_decay=0.1),
        "adamw",
        dict(b1=0.0, weight_decay=0.1),
    ),
    "clipped(gd, 0.5)": (dict(lr=0.05), "sgd", {}),
    "clipped(adam, 0.5)": (dict(lr=0.05, **DEFAULT), "adam", {}),
    "lookahead(gd, 5, 0.4)": (dict(lr=0.05), "sgd", {}),
    "lookahead(adamw, 6, 0.5)": (
        dict(lr=0.05, **DEFAULT, weight_decay=0.1),
        "adamw",
        dict(weight_decay=0.1),
    ),
}
RATES = ["constant({lr})", "step({lr}, 50, 0.3)", "cosine({lr}, 200)", "warmup(constant({lr}), 50)"]
CONSTANT, USUAL, RISING = RATES[:1], RATES[:3], RATES[::3]
# under a schedule the two forms of Nesterov part; PyTorch's Rprop reads the rate once; and Optax
# weighs the points of schedule-free methods by the greatest rate so far, which is the rate itself
# while it rises
UNUSUAL = {
    "nesterov": CONSTANT,
    "rprop": CONSTANT,
    "schedule_free_sgd": RISING,
    "schedule_free_adamw": RISING,
}
MATRICES = ["adafactor", "muon"]
# each row of the gradients is a theta of its own
BY_ROW = ["lamb", "clipped(gd, 0.5)", "clipped(adam, 0.5)"]


def inputs():
    """Return the problems: gradients of rows sized 1e-9 to 100, and a noisy quadratic of a
    vector or a matrix."""
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
        "matrix_noise": rng.normal(size=(STEPS, 5, 6)) / 3,
        "matrix_start": rng.normal(size=(5, 6)),
    }


def problems(given, name):
    """Yield the name, the gradient at a step and the start of each problem for an optimizer."""
    yield "open", lambda t, p: given["gradients"][t], given["open_start"]
    closed, noise = ("matrix", "matrix_noise") if name in MATRICES else ("closed", "noise")
    yield closed, lambda t, p: given["hessian"] @ p + given[noise][t], given[f"{closed}_start"]


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
    """Return the iterates of PyTorch's optimizer, all in float64: Muon would use bfloat16, NAdam
    float32."""
    import torch

    torch.set_default_dtype(torch.float64)
    torch.Tensor.bfloat16 = torch.Tensor.clone
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
        lambda: lambda count: lr * min((int(count) + 1) / 50, 1),
    ]
    return make[rate]()


def optax_rule(name, rate):
    """Return Optax's optimizer, and what makes its parameters of an array."""
    import optax as o

    ours, kind, options = OPTAX[name]
    lr, wrapper = optax_rate(ours["lr"], rate), name.partition("(")[0]
    rule = getattr(o, kind)(lr, **options)
    if wrapper == "clipped":
        return o.chain(o.clip_by_global_norm(0.5), rule), lambda p: p
    if wrapper == "lookahead":
        sync, share = name.strip(")").split(", ")[1:]
        return o.lookahead(rule, int(sync), float(share)), o.LookaheadParams.init_synced
    if wrapper.startswith("schedule_free"):  # it looks up the rate of its weights one step later
        weight = (lambda count: lr(count - 1)) if callable(lr) else lr
        return o.contrib.schedule_free(rule, weight, b1=0.9), lambda p: p
    return rule, lambda p: p


def optax_walk(name, rate, gradient, start):
    """Return the iterates of Optax's optimizer; with Lookahead those of the fast walker."""
    import jax.numpy as jnp
    import optax

    if name in BY_ROW and start.ndim == 2:
        rows = [(lambda t, p, i=i: gradient(t, p)[i], row) for i, row in enumerate(start)]
        return np.stack([optax_walk(name, rate, *row) for row in rows], axis=1)
    rule, made = optax_rule(name, rate)
    p = made(jnp.asarray(start))
    state, walked = rule.init(p), []
    for t in range(STEPS):
        update, state = rule.update(
            jnp.asarray(gradient(t, np.asarray(getattr(p, "fast", p)))), state, p
        )
        p = optax.apply_updates(p, update)
        walked.append(np.asarray(getattr(p, "fast", p)))
    return np.array(walked)


CYCLE = dict(cycle_momentum=False, div_factor=10, final_div_factor=100)


def torch_schedules():
    """Yield calls of ours, each with PyTorch's counterpart as a function of the optimizer."""
    from torch.optim import lr_scheduler as s

    yield "constant(0.3)", lambda o: s.ConstantLR(o, factor=1.0)
    yield "step(0.3, 30, 0.5)", lambda o: s.StepLR(o, 30, 0.5)
    yield (
        "multistep(0.3, (30, 80, 80, 120), 0.2)",
        lambda o: s.MultiStepLR(o, [30, 80, 80, 120], 0.2),
    )
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
    yield (
        "one_cycle(0.3, 200, 0.45, 10, 100)",
        lambda o: s.OneCycleLR(o, 0.3, 200, pct_start=0.45, **CYCLE),
    )


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

    Its linear, polynomial, exponential and warm-up schedules are left out: with the int32 counter
    of its optimizers they are evaluated in float32. So is its one-cycle, whose phases end
    elsewhere.
    """
    import optax as o

    def cycle(length):
        return dict(
            init_value=0.3, peak_value=0.3, warmup_steps=0, decay_steps=length, end_value=0.01
        )

    yield "constant(0.3)", o.constant_schedule(0.3)
    yield (
        "step(0.3, 30, 0.5)",
        o.piecewise_constant_schedule(0.3, dict.fromkeys(range(30, STEPS, 30), 0.5)),
    )
    yield (
        "multistep(0.3, (30, 80, 120), 0.2)",
        o.piecewise_constant_schedule(0.3, {30: 0.2, 80: 0.2, 120: 0.2}),
    )
    yield "cosine(0.3, 200)", o.cosine_decay_schedule(0.3, 200)
    yield "cosine(0.3, 150, 0.03)", o.cosine_decay_schedule(0.3, 150, 0.1)
    yield "restarts(0.3, 15, 1, 0.01)", o.sgdr_schedule([cycle(15)] * 14)
    yield (
        "restarts(0.3, 15, 2, 0.01)",
        o.sgdr_schedule([cycle(15), cycle(30), cycle(60), cycle(120)]),
    )


def walks(given):
    """Yield the key of each walk, what makes it, and its iterates, of shape (rate, kept step,
    ...)."""
    for library, table, walk in [("torch", TORCH, torch_walk), ("optax", OPTAX, optax_walk)]:
        for name, (ours, *_) in table.items():
            rates = UNUSUAL.get(name, USUAL)
            about = {"optimizer": name, "rates": [rate.format(**ours) for rate in rates]}
            about["hyper"] = {key: value for key, value in ours.items() if key != "lr"}
            for problem, gradient, start in problems(given, name):
                indices = [RATES.index(rate) for rate in rates]
                walked = [walk(name, rate, gradient, start)[np.array(KEPT) - 1] for rate in indices]
                yield f"{library} {name} {problem}", {**about, "problem": problem}, np.array(walked)


def schedules():
    """Yield the key of each library's schedules, our calls, and their rates, of shape (call,
    step)."""
    made = [*torch_schedules(), *torch_joined()]
    yield (
        "torch schedules",
        [call for call, _ in made],
        np.array([torch_rates(make) for _, make in made]),
    )
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
