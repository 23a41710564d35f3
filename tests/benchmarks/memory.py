"""What a step of Adam costs as the model grows: optbook's forms, PyTorch's, and the limit of
memory, on one thread.

All arrays are float32, except inside `optbook.adam`, which widens them to float64. The contestants
take turns, with an untimed step before each turn; medians of the turns are compared. ``--write``
keeps the result for the book's page.

How bytes are counted. A step has to read theta, grad, m and v, and to write theta, m and v: 7
numbers, 28 bytes, per parameter. The limit is the time that these 28 bytes take at the machine's
bandwidth. That is the best of three NumPy calls in the same run, over as much memory as Adam's four
arrays occupy: a copy (one number read, one written), a scaling in place (one, one), and an addition
in place (two, one). The read that a processor may do before it writes to a line it does not hold is
not counted: calls in place have no such reads, and neither has the least step. The time of the same
call on an empty array, which is Python's, is taken off.
"""

import os

# before NumPy is imported
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import argparse
import inspect
import resource
import statistics
import time
from itertools import islice
from pathlib import Path

import numpy as np
from machine import write

import optbook
from optbook.book.in_place import adam_blocked, adam_in_place

try:
    import torch
except ImportError:
    torch = None

SIZES = [1000, 10_000, 100_000, 1_000_000, 10_000_000, 30_000_000]
LEAST = 7 * 4  # bytes per parameter: see above
FLOPS = 12  # per parameter: one in each of the in-place form's twelve passes
TURN = 3_000_000  # parameters that a turn should update, so that it takes long enough to be timed
SIDE = 2048  # of the matrices whose product shows the peak of arithmetic
WORDS = {  # float32 numbers per parameter that pass over the bus, arrays larger than caches
    "optbook.adam, float64": 2 * 32 + 3,  # twice as wide, and a wide copy of the gradient
    "printed rule": 32,  # m 7, v 9, the two corrections 4, theta 12
    "in place": 28,  # m 7, v 9, theta 12
    "in blocks": 7,  # the least: the other 21 stay in the cache
    "PyTorch, default": 18,  # lerp 3, mul 2, addcmul 3, sqrt 2, div 2, add 2, addcdiv 4
    "PyTorch, foreach": 18,
    "PyTorch, fused": 7,
}


def walk(rule, grad):
    """Return a function that takes the next step of a generator."""
    steps = rule(lambda theta: grad, np.zeros_like(grad))
    return lambda: next(steps)


def arrays(grad, step, *work):
    """Return a function that takes the next step of a form that overwrites its arrays, and
    returns theta."""
    theta, m, v = (np.zeros_like(grad) for _ in range(3))
    count = iter(range(1, 2**62))

    def advance():
        step(theta, grad, m, v, next(count), *work)
        return theta

    return advance


def tensors(grad, **form):
    """Return a function that takes the next step of PyTorch's Adam, and returns theta."""
    theta = torch.zeros(grad.size, requires_grad=True)
    theta.grad = torch.from_numpy(grad)
    rule = torch.optim.Adam([theta], **form)

    def advance():
        rule.step()
        return theta.detach().numpy()

    return advance


def contestants(grad):
    """Return those who can run here, each with state of its own."""
    there = {
        "optbook.adam, float64": walk(optbook.adam, grad),
        "printed rule": walk(inspect.unwrap(optbook.adam), grad),
        "in place": arrays(grad, adam_in_place, np.empty_like(grad)),
        "in blocks": arrays(grad, adam_blocked),
    }
    if torch is None:
        return there
    forms = {"default": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
    return there | {f"PyTorch, {name}": tensors(grad, **form) for name, form in forms.items()}


def probes(size):
    """Return NumPy calls on two arrays of `size` numbers, and the bytes that each of them moves."""
    # ones: memory that was never written is not there to be read
    a, b = np.ones((2, size), np.float32)
    return {
        "copy": (lambda: np.copyto(a, b), 8 * size),
        "scale": (lambda: np.multiply(a, 0.5, out=a), 8 * size),
        "add": (lambda: np.add(a, b, out=a), 12 * size),
    }


def seconds(call, times):
    """Return how long one call takes, the mean of many, and how often it met a page that the
    system had to provide."""
    call()
    faults, begin = resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.perf_counter()
    for _ in range(times):
        call()
    taken = time.perf_counter() - begin
    return taken / times, (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults) / times


def measure(size, repeats):
    """Let probes and contestants take turns; return medians and quartiles for this number of
    parameters."""
    grad = np.random.default_rng(0).standard_normal(size, dtype=np.float32)
    racers, times = contestants(grad), max(1, TURN // size)
    moving, idle, turns, speeds = probes(2 * size), probes(0), [], []
    for _ in range(repeats):
        speeds.append(
            {
                name: moved / timed(call, idle[name][0], times)
                for name, (call, moved) in moving.items()
            }
        )
        turns.append({name: seconds(step, times) for name, step in racers.items()})
    bandwidth = {name: statistics.median(turn[name] for turn in speeds) for name in moving}
    return {
        "bandwidth": bandwidth,
        "limit": LEAST * size / max(bandwidth.values()),
        "seconds": {name: statistics.median(turn[name][0] for turn in turns) for name in racers},
        "quartiles": {name: quartiles([turn[name][0] for turn in turns]) for name in racers},
        "faults": {name: statistics.median(turn[name][1] for turn in turns) for name in racers},
    }


def timed(call, idle, times):
    """Return the seconds of a call without those of the same call on nothing."""
    return seconds(call, times)[0] - seconds(idle, max(times, 100))[0]


def quartiles(values):
    """Return the lower and the upper quartile."""
    return np.quantile(values, [0.25, 0.75]).tolist()


def peak(repeats):
    """Return the most float32 operations a second that a matrix product reaches."""
    a, b, c = np.ones((3, SIDE, SIDE), np.float32)
    return (
        2
        * SIDE**3
        / statistics.median(seconds(lambda: np.matmul(a, b, out=c), 1)[0] for _ in range(repeats))
    )


def agree():
    """Assert that all contestants walk the same way: no one is fast by doing something else."""
    grad = np.random.default_rng(1).standard_normal(1000, dtype=np.float32)
    ends = {name: [step() for _ in range(3)][-1] for name, step in contestants(grad).items()}
    for name, end in ends.items():
        np.testing.assert_allclose(end, ends["printed rule"], rtol=1e-4, err_msg=name)


def caches():
    """Return the bytes of each cache that holds data, as seen by one core."""
    places = sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"))
    read = [
        {key: (place / key).read_text().strip() for key in ("level", "type", "size")}
        for place in places
    ]
    return {
        f"L{one['level']}": int(one["size"].rstrip("K")) * 1024
        for one in read
        if one["type"] != "Instruction"
    }


def show(size, result):
    """Print how many times the limit each contestant takes, and how optbook's forms compare with
    PyTorch's."""
    limit, found = result["limit"], result["seconds"]
    print(
        f"\n{size:,} parameters; limit {limit / size * 1e9:.3f} ns each,"
        f" {LEAST * size / limit / 1e9:.0f} GB/s"
    )
    for name, taken in found.items():
        others = [f"{taken / found[other]:6.2f} of {other}" for other in islice(found, 4, None)]
        each = f"{name:22} {taken / size * 1e9:7.3f} ns = {taken / limit:6.2f} x limit"
        print(each, *(others if name not in islice(found, 4, None) else []), sep="   ")


def main():
    """Measure at every size, print the ratios, and keep the result if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=21, help="turns of each (default 21)")
    parser.add_argument(
        "--write",
        action="store_true",
        help="keep the result in optbook/book/benchmarks/memory.json",
    )
    options = parser.parse_args()
    if torch is None:
        print("PyTorch is not installed, its forms are left out: pip install torch==2.13.0")
    else:
        torch.set_num_threads(1)
    agree()
    results = {
        "flops": FLOPS,
        "words": WORDS,
        "peak": peak(options.repeats),
        "side": SIDE,
        "sizes": {},
    }
    print(f"peak {results['peak'] / 1e9:.0f} Gflop/s")
    for size in SIZES:
        results["sizes"][str(size)] = measure(size, options.repeats)
        show(size, results["sizes"][str(size)])
    if options.write:
        versions = {
            "optbook": optbook.__version__,
            "numpy": np.__version__,
            "torch": torch and torch.__version__,
        }
        ram = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        write(
            "memory", __file__, versions, results, caches=caches(), ram=ram, repeats=options.repeats
        )


if __name__ == "__main__":
    main()
