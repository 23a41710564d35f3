"""Compile the rules, schedules and landscapes of the registry to JavaScript, from the Python that
the page prints.

The subset is small: numbers, arithmetic, comparisons, `if`, a few functions of NumPy, and the loop
over `clock`. In a rule, theta and whatever is computed from it are vectors: arithmetic on them
becomes ``V($ => …)``, element by element. Anything else is an error that names the file and the
line.
"""

import ast
import inspect
import math
import re
import textwrap
import unicodedata

FUNCTIONS = {
    **{
        f"np.{name}": f"M.{name}({{0}})"
        for name in ("sqrt", "exp", "cos", "sin", "log", "log1p", "floor", "abs", "sign")
    },
    "np.minimum": "M.min({0}, {1})",
    "np.maximum": "M.max({0}, {1})",
    "np.clip": "M.min(M.max({0}, {1}), {2})",
    "np.where": "({0} ? {1} : {2})",
    "np.ravel": "[{0}].flat()",
    "np.zeros_like": "0",
    "np.ones_like": "1",
}
NORM = "np.linalg.norm({0}, axis=-1, keepdims=True)"
OPERATORS = {ast.Add: ("+", 1), ast.Sub: ("-", 1), ast.Mult: ("*", 2), ast.Div: ("/", 2)}
COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
TAKEN = """
    arguments await break case catch class const continue debugger default delete do else enum
    eval export extends false finally for function if implements import in instanceof interface
    let new null package private protected public return static super switch this throw true try
    typeof var void while with yield undefined NaN Infinity
    Math M V sq sum norm clock
"""
ALLOWED = (
    "numbers, names, + - * / **, comparisons, if, lambda, nested functions, for t, eta in"
    f" clock(lr), yield theta, sum(… for … in …), np.pi, {NORM.replace('{0}', '…')},"
    f" {', '.join(FUNCTIONS)}"
)


class CompileError(Exception):
    """A construct has no translation."""


def located(function):
    """Return the syntax tree of a function and its file, with the line numbers of the file."""
    function = inspect.unwrap(function)
    lines, first = inspect.getsourcelines(function)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    return ast.increment_lineno(tree, first - 1).body[0], inspect.getsourcefile(function)


def rule(function):
    """Return an optimizer as a JavaScript generator function of grad, theta and its
    hyperparameters."""
    tree, path = located(function)
    return Compiler(path, vectors={"theta"}).function(tree, ["grad", "theta"], "function*")


def function(function, positional=()):
    """Return any other function in JavaScript: some arguments by position, the rest by name."""
    tree, path = located(function)
    return Compiler(path).function(tree, list(positional))


def keyword(function, name):
    """Return the lambda that a registered rule's decorator was given as `name`; null if none
    was."""
    tree, path = located(function)
    calls = (decorator for decorator in tree.decorator_list if isinstance(decorator, ast.Call))
    for argument in (argument for call in calls for argument in call.keywords):
        if argument.arg == name:
            return Compiler(path).arrow(argument.value, braces=True)
    return "null"


def hyperparameters(function, skip=2):
    """Return the names of the arguments behind the first `skip`."""
    return list(inspect.signature(function).parameters)[skip:]


def formula(function):
    """Return what a rule takes from theta in its last line, in the letters of its paper: ``η m̂
    / (√(v̂) + ε)``."""
    tree, _ = located(function)
    *_, last = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Assign) and ast.unparse(n.targets) == "theta"
    ]
    text = re.sub(r"[a-z]+(?:_[a-z]+)*", lambda match: letter(match[0]), ast.unparse(last))
    signs = {"grad(θ)": "∇ℒ(θ)", "np.sqrt": "√", "np.": "", " * ": " ", "-": "−"}
    for code, sign in signs.items():
        text = text.replace(code, sign)
    return re.sub("^− ", "−", text.removeprefix("θ "))


def letter(name):
    """Return a variable as a letter: ``m_hat`` is m̂, ``eta`` is η, ``weight_decay`` is λ."""
    stem, _, hat = name.partition("_hat")
    if name.endswith("_hat"):
        return letter(stem) + "\N{COMBINING CIRCUMFLEX ACCENT}"
    greek = {"eps": "epsilon", "weight_decay": "lamda"}.get(name, name)
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {greek}")
    except KeyError:
        return name


def own(statement):
    """Yield the nodes of a statement, but not those of the functions inside it."""
    yield statement
    if not isinstance(statement, ast.FunctionDef | ast.Lambda | ast.GeneratorExp):
        for child in ast.iter_child_nodes(statement):
            yield from own(child)


def pairs(node):
    """Return what an assignment sets to what: lists of names, and a value for each list."""
    target, value = node.targets[0], node.value
    if (
        isinstance(target, ast.Tuple)
        and isinstance(value, ast.Tuple)
        and len(target.elts) == len(value.elts)
    ):
        return [
            ([ast.unparse(name)], part) for name, part in zip(target.elts, value.elts, strict=True)
        ]
    return [
        (
            [
                name.id
                for target in node.targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name)
            ],
            value,
        )
    ]


def asks(node):
    """Return whether this is a call of the gradient."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "grad"


def is_norm(node):
    """Return whether this is the length of a vector."""
    return (
        isinstance(node, ast.Call)
        and node.args
        and ast.unparse(node) == NORM.format(ast.unparse(node.args[0]))
    )


def has_docstring(body):
    """Return whether a function begins with its description."""
    return isinstance(body[0], ast.Expr) and isinstance(getattr(body[0].value, "value", None), str)


class Compiler:
    """Translate one function: `vectors` are the names of what has one number for each
    coordinate."""

    def __init__(self, path, vectors=()):
        self.path, self.vectors, self.known, self.before, self.asked = (
            path,
            set(vectors),
            set(),
            [],
            0,
        )

    def refuse(self, node, what):
        """Raise the error for a construct outside the subset."""
        raise CompileError(
            f"{self.path}:{node.lineno}: no JavaScript for {what}; allowed: {ALLOWED}"
        )

    # Functions

    def function(self, tree, positional, head="function"):
        """Return `tree` as a JavaScript function: the first arguments by position, the rest by
        name."""
        if not isinstance(tree, ast.FunctionDef):
            self.refuse(tree, "what is not written with `def`")
        names = self.names(tree)
        if names[: len(positional)] != positional:
            self.refuse(tree, f"first arguments other than {', '.join(positional)}")
        given = self.arguments(tree.args, positional)
        self.find_vectors(tree)
        return f"{head} ({given}) {{\n{self.block(tree.body, names)}}}"

    def names(self, node):
        """Return the names of a function's arguments."""
        args = node.args
        if args.posonlyargs or args.kwonlyargs or args.vararg or args.kwarg:
            self.refuse(node, "arguments with `*` or `/`")
        return [self.free(argument, argument.arg) for argument in args.args]

    def free(self, node, name):
        """Return a name, if it is free to be used in JavaScript."""
        if name in TAKEN.split():
            self.refuse(node, f"the name `{name}`, which JavaScript or our own script has taken")
        return name

    def arguments(self, args, positional):
        """Return the list of arguments with their defaults."""
        names = [argument.arg for argument in args.args]
        defaults = dict(zip(reversed(names), reversed(args.defaults), strict=False))
        given = {
            name: f"{name} = {self.expression(defaults[name])}" if name in defaults else name
            for name in names
        }
        named = [text for name, text in given.items() if name not in positional]
        first = [given[name] for name in positional]
        return ", ".join([*first, *([f"{{ {', '.join(named)} }} = {{}}"] if named else [])])

    def arrow(self, tree, braces=False):
        """Return a lambda as an arrow function."""
        if not isinstance(tree, ast.Lambda):
            self.refuse(tree, f"`{ast.unparse(tree)}` where a lambda is needed")
        names = ", ".join(self.names(tree))
        given = f"{{ {names} }}" if braces else names
        return self.inside(tree, [], lambda: f"({given}) => {self.expression(tree.body)}")

    def nested(self, node):
        """Return a function inside a function, which sees the variables around it."""
        if node.decorator_list:
            self.refuse(node, "a decorator inside a function")
        names = self.names(node)
        given, stored = ", ".join(names), self.stored(node.body)
        return self.inside(
            node, stored, lambda: f"({given}) => {{\n{self.block(node.body, names)}}}"
        )

    def inside(self, node, stored, translate):
        """Translate an inner function: its arguments and variables are its own; it has no
        coordinate to be at."""
        if node.args.defaults:
            self.refuse(node, "a default inside a function")
        own = {*self.names(node), *stored}
        around = self.known, self.vectors
        self.known, self.vectors = self.known | own, self.vectors - own
        text = translate()
        self.known, self.vectors = around
        if "[$]" in text:
            self.refuse(node, "an inner function that uses a vector other than its argument")
        return text

    def block(self, body, arguments):
        """Return the statements of a function behind the declaration of its variables."""
        stored = self.stored(body)
        self.known |= {*arguments, *stored}
        new = [name for name in stored if name not in arguments]
        declared = f"let {', '.join(new)};\n" if new else ""
        return declared + "".join(
            self.statement(statement) for statement in body[has_docstring(body) :]
        )

    def stored(self, body):
        """Return the variables of a function: what it assigns to, but not ``_``."""
        nodes = [node for statement in body for node in own(statement)]
        found = [
            (n, n.id) for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
        found += [(n, n.name) for n in nodes if isinstance(n, ast.FunctionDef)]
        return list(dict.fromkeys(self.free(node, name) for node, name in found if name != "_"))

    def find_vectors(self, tree):
        """Note which variables are ever set to a vector: those are vectors from the first."""
        for node in (
            node
            for statement in tree.body
            for node in own(statement)
            if isinstance(node, ast.Assign)
        ):
            for names, value in pairs(node):
                fresh = {*names} - self.vectors
                if fresh and (self.is_vector(value) or not self.vectors.isdisjoint(names)):
                    self.vectors |= fresh
                    self.find_vectors(tree)

    # Statements

    def statement(self, node):
        """Return one statement, behind the gradients that it needs."""
        translate = {
            ast.Assign: self.assign,
            ast.For: self.loop,
            ast.If: self.branch,
            ast.Return: self.hand_back,
            ast.FunctionDef: lambda node: f"{node.name} = {self.nested(node)};\n",
            ast.Expr: self.hand_out,
        }.get(type(node))
        if translate is None:
            self.refuse(node, f"the statement `{ast.unparse(node).splitlines()[0]}`")
        line = translate(node)
        before, self.before = self.before, []
        return "".join(before) + line

    def loop(self, node):
        """Return the loop over the clock."""
        call = node.iter
        counts = (
            isinstance(call, ast.Call) and ast.unparse(call.func) == "clock" and not call.keywords
        )
        if not counts or len(call.args) != 1 or node.orelse or self.is_vector(call.args[0]):
            self.refuse(node, f"a loop over `{ast.unparse(call)}`")
        body = "".join(self.statement(statement) for statement in node.body)
        return (
            f"for ({self.pattern(node.target)} of clock({self.expression(call.args[0])}))"
            f" {{\n{body}}}\n"
        )

    def branch(self, node):
        """Return an `if`."""
        then, other = ("".join(map(self.statement, body)) for body in (node.body, node.orelse))
        return f"if ({self.test(node.test)}) {{\n{then}}} else {{\n{other}}}\n"

    def assign(self, node):
        """Return an assignment; to a vector, number by number."""
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Tuple):
            return f"{self.pattern(target)} = {self.parts(node)};\n"
        names = [it.id for it in node.targets if isinstance(it, ast.Name) and it.id != "_"]
        if len(names) != len(node.targets):
            self.refuse(node, f"an assignment to `{ast.unparse(target)}`")
        return (
            " = ".join([*names, self.value(node.value, self.vectors.intersection(names))]) + ";\n"
        )

    def pattern(self, target):
        """Return the names that a tuple is taken apart into; ``_`` is a gap."""
        if not isinstance(target, ast.Tuple) or not all(
            isinstance(name, ast.Name) for name in target.elts
        ):
            self.refuse(target, f"an assignment to `{ast.unparse(target)}`")
        return f"[{', '.join('' if name.id == '_' else name.id for name in target.elts)}]"

    def parts(self, node):
        """Return what a tuple of names is set to, each a number or a vector as a whole."""
        sides = pairs(node)
        if len(sides) > 1:
            values = (self.value(value, self.vectors.intersection(names)) for names, value in sides)
            return f"[{', '.join(values)}]"
        if self.is_vector(node.value):
            self.refuse(node, f"a vector taken apart, `{ast.unparse(node)}`")
        return self.expression(node.value)

    def hand_back(self, node):
        """Return the `return` of a value."""
        if node.value is None or self.is_vector(node.value):
            self.refuse(node, f"`{ast.unparse(node)}`")
        return f"return {self.expression(node.value)};\n"

    def hand_out(self, node):
        """Return the `yield theta`."""
        given = node.value.value if isinstance(node.value, ast.Yield) else None
        if not (isinstance(given, ast.Name) and given.id == "theta" and "theta" in self.vectors):
            self.refuse(node, f"`{ast.unparse(node)}`")
        return "yield theta;\n"

    # Expressions

    def is_vector(self, node):
        """Return whether an expression has one number for each coordinate."""
        if asks(node):
            return True
        if isinstance(node, ast.Name):
            return node.id in self.vectors
        if is_norm(node):
            return False
        return any(map(self.is_vector, ast.iter_child_nodes(node)))

    def value(self, node, vector=False):
        """Return an expression as a whole: a number, or a vector."""
        vector = vector or self.is_vector(node)
        if vector and isinstance(node, ast.Tuple | ast.Lambda):
            self.unknown(node)
        inner = self.expression(node)
        plain = re.fullmatch(r"([\w$]+)\[\$\]", inner)
        if plain or not vector:
            return plain[1] if plain else inner
        return f"V(($) => {inner})"

    def expression(self, node, rank=0):
        """Return an expression, at one coordinate if it is a vector; in brackets if it binds
        less than `rank`."""
        translate = {
            ast.Constant: self.constant,
            ast.Name: self.name,
            ast.Attribute: self.attribute,
            ast.BinOp: self.arithmetic,
            ast.UnaryOp: self.negative,
            ast.Compare: self.comparison,
            ast.IfExp: self.choice,
            ast.Tuple: lambda node: f"[{', '.join(map(self.expression, node.elts))}]",
            ast.Lambda: self.arrow,
            ast.Call: self.call,
        }.get(type(node), self.unknown)
        text = translate(node)
        return f"({text})" if self.rank(node) < rank else text

    def rank(self, node):
        """Return how strongly an expression binds in JavaScript."""
        if isinstance(node, ast.BinOp):
            return OPERATORS.get(type(node.op), ("", 3))[1]
        if isinstance(node, ast.UnaryOp):
            return 2.5
        return 0 if isinstance(node, ast.Compare | ast.IfExp | ast.Lambda) else 3

    def unknown(self, node):
        """Refuse an expression."""
        self.refuse(node, f"`{ast.unparse(node)}`")

    def constant(self, node):
        """Return a number."""
        if type(node.value) not in (int, float) or node.value == math.inf:
            self.unknown(node)
        return repr(node.value)

    def name(self, node):
        """Return a variable."""
        if node.id not in self.known:
            self.refuse(node, f"the name `{node.id}`, which is neither an argument nor a variable")
        return f"{node.id}[$]" if node.id in self.vectors else node.id

    def attribute(self, node):
        """Return π, the only attribute."""
        return "M.PI" if ast.unparse(node) == "np.pi" else self.unknown(node)

    def arithmetic(self, node):
        """Return a sum, product or power; a square is a product, as in NumPy."""
        if isinstance(node.op, ast.Pow):
            base, power = self.expression(node.left), self.expression(node.right)
            return f"sq({base})" if power in ("2", "2.0") else f"M.pow({base}, {power})"
        # NumPy's `or`, not a sum
        both = isinstance(node.left, ast.Compare) and isinstance(node.right, ast.Compare)
        if both or type(node.op) not in OPERATORS:
            self.unknown(node)
        sign, rank = OPERATORS[type(node.op)]
        return (
            f"{self.expression(node.left, rank)} {sign} {self.expression(node.right, rank + 0.5)}"
        )

    def negative(self, node):
        """Return an expression with its sign turned."""
        return (
            f"-{self.expression(node.operand, 3)}"
            if isinstance(node.op, ast.USub)
            else self.unknown(node)
        )

    def comparison(self, node):
        """Return a comparison; true counts as 1."""
        if len(node.ops) != 1 or type(node.ops[0]) not in COMPARISONS:
            self.unknown(node)
        left, right = self.expression(node.left, 1), self.expression(node.comparators[0], 1)
        return f"{left} {COMPARISONS[type(node.ops[0])]} {right}"

    def test(self, node, vector=False):
        """Return what an `if` asks: a comparison, for nan counts as true in Python alone; of
        vectors in np.where."""
        if not isinstance(node, ast.Compare) or (self.is_vector(node) and not vector):
            self.refuse(
                node, f"the test `{ast.unparse(node)}`, which is not a comparison of numbers"
            )
        return self.expression(node)

    def choice(self, node):
        """Return one of two values."""
        if any(map(asks, ast.walk(node))):
            self.unknown(node)
        then, other = (self.expression(part, 1) for part in (node.body, node.orelse))
        return f"{self.test(node.test)} ? {then} : {other}"

    def call(self, node):
        """Return a call: of the gradient, of NumPy, of a sum, or of a function among the
        variables."""
        name = ast.unparse(node.func)
        if is_norm(node):
            return f"norm({self.value(node.args[0])})"
        if node.keywords:
            self.unknown(node)
        if name in FUNCTIONS:
            return self.numpy(node, FUNCTIONS[name])
        if name == "sum":
            return self.total(node)
        if name == "grad" and "grad" in self.known:
            return self.gradient(node)
        return f"{self.expression(node.func, 3)}({', '.join(map(self.expression, node.args))})"

    def numpy(self, node, template):
        """Return a call of NumPy, with as many arguments as its translation has."""
        if len(node.args) != len({*re.findall(r"{\d}", template)} or "1"):
            self.unknown(node)
        first = (
            self.test(node.args[0], vector=True)
            if "?" in template
            else self.expression(node.args[0])
        )
        return template.format(first, *map(self.expression, node.args[1:]))

    def gradient(self, node):
        """Ask for the gradient once, before the statement; return its value at the coordinate."""
        if len(node.args) != 1:
            self.unknown(node)
        point = self.value(node.args[0])
        name = f"g{self.asked}$"
        self.asked += 1
        self.before.append(f"const {name} = grad({point});\n")
        return f"{name}[$]"

    def total(self, node):
        """Return the sum of a generator expression."""
        each = node.args[0] if len(node.args) == 1 else node
        if (
            not isinstance(each, ast.GeneratorExp)
            or len(each.generators) != 1
            or any(map(asks, ast.walk(each)))
        ):
            self.unknown(node)
        (loop,) = each.generators
        if loop.ifs or not isinstance(loop.target, ast.Name) or self.is_vector(loop.iter):
            self.unknown(node)
        name, items = self.free(loop.target, loop.target.id), self.expression(loop.iter)
        around = self.known, self.vectors
        self.known, self.vectors = self.known | {name}, self.vectors - {name}
        text = f"sum({items}, ({name}) => {self.expression(each.elt)})"
        self.known, self.vectors = around
        return text
