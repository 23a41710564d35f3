"""What the compiler translates gives the same numbers in Node; all else is refused, by file and
line."""

import importlib.util
import json
import subprocess
import textwrap
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from ext import compiler
from ext.figure import NODE

HELPERS = (Path(compiler.__file__).parents[1] / "figures" / "numbers.js").read_text(
    encoding="utf-8"
)
POINTS = [(0.3, 2.0), (-1.7, 0.25), (5.0, -3.0), (0.0, 1.0), (-2.5, -2.5)]


@pytest.fixture
def written(tmp_path):
    """Return a function that writes the source of a function `it` to a file, and returns `it`
    and the file."""

    def written(source):
        path = tmp_path / "written.py"
        path.write_text(
            "import numpy as np\n\nfrom optbook import clock\n\n" + textwrap.dedent(source)
        )
        spec = importlib.util.spec_from_file_location("written", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.it, path

    return written


def node(source, call):
    """Return what JavaScript says about the compiled function `it`."""
    program = f'"use strict";\n{HELPERS}const it = {source};\nconsole.log(JSON.stringify({call}));'
    done = subprocess.run(
        [NODE, "-"], input=program, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr + source
    return json.loads(done.stdout)


EXPRESSIONS = [
    "x - (y - 3)",
    "x - y - 3",
    "x - (y + 3)",
    "x / (y * 4)",
    "x / y * 4",
    "x / (y / 4)",
    "x * (y / 3)",
    "x + (y + 0.1)",
    "(x + y) * (x - y)",
    "x - -y",
    "-(-x)",
    "- -x - -(-y)",
    "-x**2",
    "(-x)**2",
    "-(x + y)",
    "-x * -y",
    "-(x * y)",
    "x**2.0 - x**3 + 2**y",
    "2**(y / 2)**2",
    "(x * y)**2",
    "x**2**1",
    "1e-3 * x + 1_000 * y + 0.5",
    "np.where(x > y, x - y, y - x)",
    "np.where(x > y, 1, 2) + np.where(x <= 0, np.where(y > 0, 3, 4), 5)",
    "np.where((x if x > 0 else y) >= 1, 1, 2)",
    "np.clip(x, -1, y + 4)",
    "np.minimum(x, y) - np.maximum(x, y * 2)",
    "np.abs(x) + np.sign(y) + np.floor(x)",
    "np.sqrt(np.abs(y)) + np.exp(x) + np.log(np.abs(y)) + np.log1p(np.abs(x))",
    "np.sin(np.pi * x) * np.cos(x - np.pi)",
    "x if x > y else y",
    "1 + (x if x == 0 else y if y < 0 else 7) * 2",
    "(x > y) * 3 + (x != y)",
    "(x < y) == 1",
    "(x > 0) != (y > 0)",
    "(lambda a: a - y)(x) * 2",
    "sum((x >= s) * 1.0 for s in np.ravel((0, 1, 2))) - sum(x - s for s in np.ravel(3))",
    "sum(x * s for s in (1, 2, 3)) / (sum(s for s in (x, y)) + 100)",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_mean_the_same(written, expression):
    it, _ = written(f"def it(x, y):\n    return {expression}\n")
    got = node(
        compiler.function(it, ["x", "y"]), f"{json.dumps(POINTS)}.map(([x, y]) => Number(it(x, y)))"
    )
    np.testing.assert_allclose(
        got, [float(it(*map(np.float64, point))) for point in POINTS], rtol=1e-15
    )


FUNCTIONS = [
    """
    def it(x, y):
        '''Say what it does.'''
        half, twice = x / 2, 2 * x
        half, twice = twice, half
        return half - twice * y
    """,
    """
    def it(x, y):
        def far(a, b):
            '''Say what this does, too.'''
            x = a - b
            return x * x

        return far(x, y) - far(y, 1) + x
    """,
    """
    def it(x, y):
        if x > y:
            z = x
        elif x == 0:
            z = 3
        else:
            z = -y
        return z + 1
    """,
    """
    def it(x, y):
        if x > y:
            x = x - y
        return x
    """,
    """
    def it(x, y):
        add = lambda a, b: a + (b if b > 0 else -b)  # noqa
        return add(add(x, y), x)
    """,
    """
    def it(x, y):
        _, second = x, y
        first, _ = x, y
        a = b = first + second
        return a * b
    """,
    """
    def it(x, y):
        floor = 0.5
        abs, max, e_, PI, log = x, y, 1, 3, 4
        log = np.log(log)
        return np.floor(x) + floor + np.abs(abs) + np.maximum(max, 0) + e_ + np.pi + PI + log
    """,
]


@pytest.mark.parametrize("source", FUNCTIONS)
def test_functions_mean_the_same(written, source):
    it, _ = written(source)
    got = node(compiler.function(it, ["x", "y"]), f"{json.dumps(POINTS)}.map(([x, y]) => it(x, y))")
    np.testing.assert_allclose(got, [it(*map(np.float64, point)) for point in POINTS], rtol=1e-15)


def test_arguments_are_given_by_position_or_by_name(written):
    it, _ = written("def it(x, y, floor=0.5, mult=2):\n    return np.floor(x) + y * floor - mult\n")
    source = compiler.function(it, ["x"])
    got = node(
        source,
        "[it(1.5, { y: 3 }), it(1.5, { y: 3, floor: 7 }), it(-0.5, { y: 3, mult: 0, floor: 1 })]",
    )
    assert got == [it(1.5, 3), it(1.5, 3, 7), it(-0.5, 3, mult=0, floor=1)]
    assert compiler.hyperparameters(it) == ["floor", "mult"]


def test_a_function_may_return_functions_and_pairs(written):
    it, _ = written("def it(peak):\n    return lambda t: (peak * t, (peak - t) / 2)\n")
    assert node(compiler.function(it), "it({ peak: 3 })(5)") == [15, -1]


RULES = {
    "chained assignment": (
        """
    def it(grad, theta, lr=0.1, beta=0.9):
        m = v = np.zeros_like(theta)
        for t, eta in clock(lr):
            g = grad(theta)
            m = beta * m + g
            v = v + g**2
            theta = theta - eta * m / (np.sqrt(v) + t)
            yield theta
    """
    ),
    "a number that becomes a vector": (
        """
    def it(grad, theta, lr=0.1):
        v = w = 0
        s = 1
        for _, eta in clock(lr):
            v = s * v + grad(theta)
            s = s / 2
            theta = theta - eta * v - w
            yield theta
    """
    ),
    "vectors in pairs": (
        """
    def it(grad, theta, lr=0.1):
        m, s = np.zeros_like(theta), 2
        for _, eta in clock(lr):
            g, old = grad(theta), theta
            m, s, theta = m / 2 + g, s - 0.1, theta - eta * (m + g)
            theta = theta + s * (theta - old) / 8
            yield theta
    """
    ),
    "a look ahead": (
        """
    def it(grad, theta, lr=0.1):
        v = np.zeros_like(theta)
        for _, eta in clock(lr):
            v = 0.5 * v + grad(theta - eta * v)
            theta = theta - eta * v
            yield theta
    """
    ),
    "several gradients": (
        """
    def it(grad, theta, lr=0.1):
        before = grad(theta)
        for _, eta in clock(lr):
            a = grad(theta) - grad(theta - 1) / 4
            b = grad(theta - eta * grad(theta + before))
            theta = theta - eta * (a + grad(b))
            yield theta
    """
    ),
    "an if between steps": (
        """
    def it(grad, theta, lr=0.1):
        v = np.zeros_like(theta)
        for t, eta in clock(lr):
            if t > 2:
                v = v + grad(theta)
                g = grad(v)
            else:
                g = grad(theta)
            theta = theta - (eta if t < 3 else eta / 2) * (g - v / 8)
            yield theta
    """
    ),
    "inner functions of a coordinate": (
        """
    def it(grad, theta, lr=0.1, cap=1.5):
        def soft(theta, by):
            v = theta / by
            return np.sign(v) * np.minimum(np.abs(theta), cap)

        v = np.zeros_like(theta)
        for _, eta in clock(lr):
            v = v + soft(grad(theta), 2)
            theta = np.where(theta > 0, theta - eta * v, theta - eta * np.clip(v, -1, 1))
            yield theta
    """
    ),
}


@pytest.mark.parametrize("source", RULES.values(), ids=RULES)
def test_rules_take_the_same_steps_and_ask_for_the_same_gradients(written, source):
    it, _ = written(source)
    asked = []

    def grad(theta):
        asked.append(theta.tolist())
        return np.array([theta[0] - theta[1] / 4, theta[1] * 2 - theta[0] / 8])

    steps = [theta.tolist() for theta in islice(it(grad, np.array([3.0, -1.0])), 6)]
    call = """(() => {
      const asked = [], steps = [];
      const grad = ([x, y]) => { asked.push([x, y]); return [x - y / 4, y * 2 - x / 8]; };
      const walker = it(grad, [3, -1]);
      for (let t = 0; t < 6; t++) steps.push([...walker.next().value]);
      return { asked, steps };
    })()"""
    assert node(compiler.rule(it), call) == {"asked": asked, "steps": steps}


def test_a_formula_is_read_from_the_decorator(written):
    it, path = written("""
        def about(**formulas):
            return lambda function: function

        plain = about()

        @plain
        @about(limit=lambda curvature, beta: 2 * (1 + beta) / curvature, other=3)
        def it(grad, theta):
            for _, eta in clock(1):
                yield theta
        """)
    assert node(compiler.keyword(it, "limit"), "it({ beta: 0.5, curvature: 4 })") == 0.75
    assert compiler.keyword(it, "critical") == "null"
    with pytest.raises(compiler.CompileError, match=rf"^{path}:12: .*`3`.*allowed: "):
        compiler.keyword(it, "other")


# Each piece stands in line 6 of its file, in the body of a function of x and y.
REFUSED = {
    "while": "while x > 0: x = x - 1",
    "try": "try: x = 1\n    finally: pass",
    "import": "import math",
    "augmented assignment": "x -= 1",
    "annotated assignment": "z: float = 1",
    "assignment to a part": "x[0] = 1",
    "assignment to an attribute": "x.real = 1",
    "assignment to a star": "a, *b = x, y",
    "assignment to a gap": "_ = x",
    "nested tuples": "(a, b), c = x, y",
    "assert": "assert x > 0",
    "pass": "pass",
    "del": "del x",
    "raise": "raise x",
    "with": "with x: y = 1",
    "global": "global z",
    "class": "class Z: y = 1",
    "async": "async def z(): return 1",
    "decorated function": "@np.vectorize\n    def z(a): return a",
    "default inside": "z = lambda a=1: a",
    "default of an inner function": "def z(a=1): return a",
    "star arguments inside": "z = lambda *a: 1",
    "loop over range": "for i in range(3): x = x + i",
    "loop with one name": "for i in clock(x): x = x + 1",
    "loop over an attribute of the clock": "for i, j in clock(x).all: x = x + 1",
    "clock without a rate": "for i, j in clock(): x = x + 1",
    "clock with a keyword": "for i, j in clock(lr=x): x = x + 1",
    "for and else": "for i, j in clock(x): x = j\n    else: x = 1",
    "expression alone": "x + y",
    "string alone": "x = 1; 'text'",
    "empty return": "return",
    "f-string": "return f'{x}'",
    "string": "return 'x'",
    "bytes": "return b'x'",
    "true": "return True",
    "none": "return None",
    "ellipsis": "return ...",
    "complex number": "return 1j",
    "infinite number": "return 1e999",
    "list": "return [x, y]",
    "dictionary": "return {1: x}",
    "list comprehension": "return [i for i in (x, y)]",
    "generator": "return (i for i in (x, y))",
    "sum of a list": "return sum((x, y))",
    "sum of nothing": "return sum()",
    "sum of two": "return sum(x, y)",
    "sum with a test": "return sum(i for i in (x, y) if i > 0)",
    "sum over two loops": "return sum(i for i in (x, y) for j in (x, y))",
    "sum over pairs": "return sum(i for i, j in (x, y))",
    "keyword argument": "return np.clip(x, 0, max=1)",
    "starred argument": "return np.maximum(*(x, y))",
    "starred keywords": "return np.maximum(**x)",
    "too few arguments": "return np.maximum(x)",
    "too many arguments": "return np.maximum(x, y, x)",
    "where without values": "return np.where(x > y)",
    "unknown name": "return z",
    "unknown function": "return abs(x)",
    "unknown function of NumPy": "return np.tanh(x)",
    "unknown number of NumPy": "return np.e",
    "function of NumPy as a value": "return np.sqrt",
    "gradient outside a rule": "return grad(x)",
    "gap as a value": "_, a = x, y; return _",
    "attribute": "return x.real",
    "method": "return x.mean()",
    "subscript": "return x[0]",
    "slice": "return x[1:]",
    "whole division": "return x // y",
    "remainder": "return x % y",
    "matrix product": "return x @ y",
    "shift": "return 1 << 2",
    "and": "return x > 0 and y > 0",
    "or": "return x or y",
    "not": "return not x",
    "plus sign": "return +x",
    "tilde": "return ~x",
    "chained comparison": "return 0 < x < 1",
    "in": "return x in (1, 2)",
    "is": "return x is y",
    "sum of comparisons": "return (x > 0) + (y > 0)",
    "test of a number": "return 1 if x else 2",
    "where of a number": "return np.where(x, 1, 2)",
    "if of a number": "if x: y = 1",
    "walrus": "return (z := x)",
    "yield of something else": "yield x",
    "yield of nothing": "yield",
    "yield outside a rule": "yield theta",
    "yield in a lambda": "return (lambda: (yield))",
    "a name of JavaScript": "new = x",
    "a name of JavaScript in a pair": "a, var = x, y",
    "a name of JavaScript for an argument": "z = lambda this: 1",
    "a name of JavaScript for a function": "def delete(a): return a",
    "a name of JavaScript in a sum": "return sum(let for let in (x, y))",
    "a name of our script": "sq = x",
}


@pytest.mark.parametrize("piece", REFUSED.values(), ids=REFUSED)
def test_all_else_is_refused_with_its_file_and_line(written, piece):
    it, path = written(f"def it(x, y):\n    {piece}\n    return x\n")
    line = 7 if piece.startswith("@") else 6
    with pytest.raises(compiler.CompileError) as error:
        compiler.function(it, ["x", "y"])
    assert str(error.value).startswith(f"{path}:{line}: no JavaScript for ")
    assert str(error.value).endswith(f"; allowed: {compiler.ALLOWED}")


def test_the_line_is_that_of_the_mistake_itself(written):
    it, path = written(
        "def it(x, y):\n    z = x\n    return (\n        z\n        + x % y\n    )\n"
    )
    with pytest.raises(
        compiler.CompileError,
        match=rf"^{path}:9: no JavaScript for `x % y`; allowed: numbers, names",
    ):
        compiler.function(it, ["x", "y"])


SIGNATURES = {
    "star arguments": "def it(x, y, *rest): return x",
    "star keywords": "def it(x, y, **rest): return x",
    "keywords only": "def it(x, y, *, z): return x",
    "positions only": "def it(x, y, /): return x",
    "a name of JavaScript": "def it(x, y, new): return x",
    "other names": "def it(a, b): return a",
    "too few": "def it(x): return x",
    "a default that is no number": "def it(x, y, z='z'): return x",
    "a default by name": "def it(x, y, z=np): return x",
    "a lambda": "it = lambda x, y: x",
    "a coroutine": "async def it(x, y): return x",
}


@pytest.mark.parametrize("source", SIGNATURES.values(), ids=SIGNATURES)
def test_other_kinds_of_arguments_are_refused(written, source):
    it, path = written(source + "\n")
    with pytest.raises(compiler.CompileError, match=rf"^{path}:5: .*; allowed: "):
        compiler.function(it, ["x", "y"])


# Each piece stands in line 7, in the loop of a rule.
REFUSED_IN_RULES = {
    "yield of another": "yield v",
    "if of a vector": "if theta > 0: v = theta",
    "choice by a vector": "v = theta if theta > 0 else v",
    "choice between gradients": "v = grad(theta) if eta > 0 else v",
    "sum of gradients": "v = sum(grad(theta) for i in (1, 2))",
    "sum over a vector": "v = sum(i for i in np.ravel(theta))",
    "vector taken apart": "a, b = theta",
    "tuple of vectors": "v = (theta, theta)",
    "inner function over a vector": "v = (lambda a: a + theta)(eta)",
    "inner function that asks for a gradient": "v = (lambda a: grad(a))(theta)",
    "clock of vectors": "for _, v in clock(theta): v = v",
    "gradient of two": "v = grad(theta, theta)",
    "gradient of nothing": "v = grad()",
    "gradient with a keyword": "v = grad(theta=theta)",
    "return of a vector": "return theta",
    "in place": "theta -= eta * v",
    "part of a vector": "v = theta[0]",
    "product of vectors": "v = theta @ theta",
}


@pytest.mark.parametrize("piece", REFUSED_IN_RULES.values(), ids=REFUSED_IN_RULES)
def test_what_a_rule_may_not_do_is_refused(written, piece):
    head = "def it(grad, theta, lr=0.1):\n    for _, eta in clock(lr):\n"
    it, path = written(
        f"{head}        {piece}\n        v = np.zeros_like(theta)\n        yield theta\n"
    )
    with pytest.raises(compiler.CompileError, match=rf"^{path}:7: no JavaScript for .*; allowed: "):
        compiler.rule(it)
