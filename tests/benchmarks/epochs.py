"""What an epoch of softmax regression costs, in optbook and in PyTorch, at four batch sizes:
`make bench` runs it.

Both read the same 1280 digits, shuffle them, and step by plain gradient descent, in float64 on one
thread. PyTorch runs twice: with its tensors indexed by hand, the fastest way that it has, and with
the DataLoader that its users know. The contestants take turns; the medians of their times are
compared. ``--write`` keeps the result for the book's pages.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before NumPy is imported

import argparse
import statistics
import time
from itertools import islice

import numpy as np
from machine import write

import optbook
from optbook import gd, minimize, softmax_regression

try:
    import torch
except ImportError:
    torch = None

TARGETS = {1: 0.2, 32: 0.35, 256: 0.5, 1280: 0.7}  # optbook / PyTorch indexed, at most
EPOCHS = {1: 1, 32: 10, 256: 40, 1280: 100}  # so that each turn takes long enough to be timed
RATE = 0.1


def ours(problem, batch, epochs):
    """Train by `minimize`, as a reader does."""
    steps = epochs * problem.n // batch
    batch = None if batch == problem.n else batch
    return minimize(
        problem, gd, lr=RATE, batch=batch, steps=steps, every=steps, progress=False
    ).theta[-1]


def model_of(problem):
    """Return PyTorch's model, starting at zero, and its optimizer."""
    model = torch.nn.Linear(64, 10)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    return model, torch.optim.SGD(model.parameters(), lr=RATE)


def indexed(problem, batch, epochs):
    """Train in PyTorch, the batches cut from two tensors."""
    x, y = tensors(problem)
    return trained(problem, (cut(x, y, batch) for _ in range(epochs)))


def cut(x, y, batch):
    """Yield the batches of an epoch."""
    if batch == len(y):
        yield x, y
        return
    for rows in torch.randperm(len(y)).split(batch):
        yield x[rows], y[rows]


def loaded(problem, batch, epochs):
    """Train in PyTorch, the batches from a DataLoader."""
    data = torch.utils.data.TensorDataset(*tensors(problem))
    loader = torch.utils.data.DataLoader(data, batch_size=batch, shuffle=True)
    return trained(problem, (loader for _ in range(epochs)))


def trained(problem, epochs):
    """Return PyTorch's weights after the batches of all epochs, in optbook's order."""
    model, rule = model_of(problem)
    for batches in epochs:
        for x, y in batches:
            rule.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            rule.step()
    return torch.cat([model.weight, model.bias[:, None]], dim=1).detach().numpy().ravel()


def tensors(problem):
    """Return the pixels and the labels for PyTorch."""
    return torch.tensor(problem.inputs[:, :64].copy()), torch.tensor(problem.targets.argmax(axis=1))


def contestants():
    """Return those who can run here."""
    if torch is None:
        print("PyTorch is not installed: pip install torch==2.13.0")
        return {"optbook": ours}
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    return {"optbook": ours, "PyTorch, indexed": indexed, "PyTorch, DataLoader": loaded}


def seconds(run, problem, batch):
    """Return the seconds of one update."""
    begin = time.perf_counter()
    run(problem, batch, EPOCHS[batch])
    return (time.perf_counter() - begin) / (EPOCHS[batch] * problem.n / batch)


def main():
    """Let them take turns, print the ratios, and keep the result if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15, help="turns of each (default 15)")
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep the result in optbook/book/benchmarks/epochs.json",
    )
    options = parser.parse_args()
    problem, racers, results = softmax_regression(), contestants(), {}
    agree = [run(problem, problem.n, 30) for run in racers.values()]
    assert all(np.allclose(weights, agree[0], atol=1e-12) for weights in agree), (
        "no one is fast by doing something else"
    )
    for batch, target in TARGETS.items():
        turns = [
            {name: seconds(run, problem, batch) for name, run in racers.items()}
            for _ in range(options.repeats)
        ]
        medians = {name: statistics.median(turn[name] for turn in turns) for name in racers}
        results[str(batch)] = medians
        print(f"batch {batch:4}: optbook {medians['optbook'] * 1e6:6.1f} µs an update")
        for name, median in islice(medians.items(), 1, None):
            goal = f" (target {target})" if name.endswith("indexed") else ""
            print(f"  {medians['optbook'] / median:.2f} of {name}{goal}")
    if options.write:
        versions = {
            "optbook": optbook.__version__,
            "numpy": np.__version__,
            "torch": torch and torch.__version__,
        }
        write("epochs", __file__, versions, results)


if __name__ == "__main__":
    main()
