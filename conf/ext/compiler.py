"""Compile the rules, schedules and landscapes of the registry to JavaScript, from the Python that the page prints.

The subset is small: numbers, arithmetic, comparisons, `if`, a few functions of NumPy, and the loop over `clock`. In a
rule, theta and whatever is computed from it are vectors: arithmetic on them becomes ``V($ => …)``, element by element.
Anything else is an error that names the file and the line.
"""

import ast
import inspect
import re
import textwrap
import unicodedata

FUNCTIONS = {
    **{
        f"np.{name}": f"{name}({{0}})" for name in ["sqrt", "exp", "cos", "sin", "log", "log1p", "floor", "abs", "sign"]
    },
    "np.minimum": "min({0}, {1})",
    "np.maximum": "max({0}, {1})",
    "np.clip": "min(max({0}, {1}), {2})",
    "np.where": "({0} ? {1} : {2})",
    "np.ravel": "[{0}].flat()",
    "np.zeros_like": "0",
}
OPERATORS = {ast.Add: ("+", 1), ast.Sub: ("-", 1), ast.Mult: ("*", 2), ast.Div: ("/", 2)}
COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "===", ast.NotEq: "!=="}
ALLOWED = (
    f"numbers, names, + - * / **, comparisons, if, lambda, nested functions, for t, eta in clock(lr), yield theta, "
    f"sum(… for … in …), np.pi, {', '.join(FUNCTIONS)}"
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
    """Return an optimizer as a JavaScript generator function of grad, theta and its hyperparameters."""
    tree, path = located(function)
    return Compiler(path, vectors={"theta"}).function(tree, ["grad", "theta"], "function*")


def function(function, positional=()):
    """Return any other function in JavaScript: some arguments by position, the rest by name."""
    tree, path = located(function)
    return Compiler(path).function(tree, list(positional))


def keyword(function, name):
    """Return the lambda that a registered rule's decorator was given as `name`; null if none was."""
    tree, path = located(function)
    for argument in (argument for decorator in tree.decorator_list for argument in decorator.keywords):
        if argument.arg == name:
            return Compiler(path).arrow(argument.value, braces=True)
    return "null"


def hyperparameters(function, skip=2):
    """Return the names of the arguments behind the first `skip`."""
    return list(inspect.signature(function).parameters)[skip:]


def formula(function):
    """Return what a rule takes from theta in its last line, in the letters of its paper: ``η m̂ / (√(v̂) + ε)``."""
    tree, _ = located(function)
    *_, last = [n.value for n in ast.walk(tree) if isinstance(n, ast.Assign) and ast.unparse(n.targets) == "theta"]
    text = ast.unparse(last).replace("grad(theta)", "∇L(θ)").replace("np.sqrt", "√").replace(" * ", " ")
    return re.sub(r"[a-z]+(?:_[a-z]+)*", lambda match: letter(match[0]), text).replace("-", "−").replace("θ − ", "−", 1)


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


class Compiler:
    """Translate one function: `vectors` are the names of what has one number for each coordinate."""

    def __init__(self, path, vectors=()):
        self.path, self.vectors, self.known, self.before = path, set(vectors), set(), []

    def refuse(self, node, what):
        """Raise the error for a construct outside the subset."""
        raise CompileError(f"{self.path}:{node.lineno}: no JavaScript for {what}; allowed: {ALLOWED}")

    # Functions

    def function(self, tree, positional, head="function"):
        """Return `tree` as a JavaScript function: the first arguments by position, the rest by name."""
        body = tree.body[ast.get_docstring(tree) is not None :]
        names = [argument.arg for argument in tree.args.args]
        inner = self.block(body, names)
        return f"{head} ({self.arguments(tree.args, positional)}) {{\n{inner}}}"

    def arguments(self, args, positional):
        """Return the list of arguments with their defaults."""
        names = [argument.arg for argument in args.args]
        defaults = dict(zip(reversed(names), reversed(args.defaults), strict=False))
        named = [
            f"{name} = {self.expression(defaults[name])}" if name in defaults else name
            for name in names
            if name not in positional
        ]
        return ", ".join([*positional, *([f"{{ {', '.join(named)} }} = {{}}"] if named else [])])

    def arrow(self, tree, braces=False):
        """Return a lambda as an arrow function."""
        if not isinstance(tree, ast.Lambda):
            self.refuse(tree, f"`{ast.unparse(tree)}` where a lambda is needed")
        names = [argument.arg for argument in tree.args.args]
        self.known |= set(names)
        given = f"{{ {', '.join(names)} }}" if braces else ", ".join(names)
        return f"({given}) => {self.expression(tree.body)}"

    def block(self, body, arguments):
        """Return the statements of a function behind the declaration of its variables."""
        nodes = [node for statement in body for node in self.own(statement)]
        stored = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        stored += [n.name for n in nodes if isinstance(n, ast.FunctionDef)]
        self.known |= {*arguments, *stored}
        new = [name for name in dict.fromkeys(stored) if name not in {*arguments, "_"}]
        declared = f"let {', '.join(new)};\n" if new else ""
        return declared + "".join(self.statement(statement) for statement in body)

    def own(self, statement):
        """Yield the nodes of a statement, but not those of the functions inside it."""
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.Lambda | ast.GeneratorExp):
            for child in ast.iter_child_nodes(statement):
                yield from self.own(child)

    # Statements

    def statement(self, node):
        """Return one statement, behind the gradients that it needs."""
        translate = {
            ast.Assign: self.assign,
            ast.For: self.loop,
            ast.If: self.branch,
            ast.Return: lambda node: f"return {self.expression(node.value)};\n",
            ast.FunctionDef: lambda node: f"{node.name} = {self.nested(node)};\n",
            ast.Expr: self.hand_out,
        }.get(type(node))
        if translate is None:
            self.refuse(node, f"the statement `{ast.unparse(node).splitlines()[0]}`")
        line = translate(node)
        before, self.before = self.before, []
        return "".join(before) + line

    def nested(self, node):
        """Return a function inside a function, which sees the variables around it."""
        names = [argument.arg for argument in node.args.args]
        return f"({', '.join(names)}) => {{\n{self.block(node.body, names)}}}"

    def loop(self, node):
        """Return the loop over the clock."""
        if not ast.unparse(node.iter).startswith("clock("):
            self.refuse(node, f"a loop over `{ast.unparse(node.iter)}`")
        target = ", ".join(name.id for name in node.target.elts)
        body = "".join(self.statement(statement) for statement in node.body)
        return f"for ([{target.replace('_, ', ', ')}] of clock({self.expression(node.iter.args[0])})) {{\n{body}}}\n"

    def branch(self, node):
        """Return an `if`."""
        then, other = ("".join(map(self.statement, body)) for body in (node.body, node.orelse))
        return f"if ({self.expression(node.test)}) {{\n{then}}} else {{\n{other}}}\n"

    def assign(self, node):
        """Return an assignment; names that take a vector are vectors from then on."""
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Tuple):
            targets = ", ".join(name.id for name in node.targets[0].elts)
            return f"[{targets}] = {self.expression(node.value)};\n"
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if len(names) != len(node.targets):
            self.refuse(node, f"an assignment to `{ast.unparse(node.targets[0])}`")
        if self.is_vector(node.value):
            self.vectors |= set(names)
        return " = ".join([*names, self.value(node.value)]) + ";\n"

    def hand_out(self, node):
        """Return the `yield theta`."""
        if not (isinstance(node.value, ast.Yield) and ast.unparse(node.value.value) == "theta"):
            self.refuse(node, f"`{ast.unparse(node)}`")
        return "yield theta;\n"

    # Expressions

    def is_vector(self, node):
        """Return whether an expression has one number for each coordinate."""
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "grad":
            return True
        if isinstance(node, ast.Name):
            return node.id in self.vectors
        return any(map(self.is_vector, ast.iter_child_nodes(node)))

    def value(self, node):
        """Return an expression as a whole: a number, or a vector."""
        inner = self.expression(node)
        plain = re.fullmatch(r"([\w$]+)\[\$\]", inner)
        if plain or not self.is_vector(node):
            return plain[1] if plain else inner
        return f"V(($) => {inner})"

    def expression(self, node, rank=0):
        """Return an expression, at one coordinate if it is a vector; in brackets if it binds less than `rank`."""
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
        return 0 if isinstance(node, ast.Compare | ast.IfExp | ast.Lambda) else 3

    def unknown(self, node):
        """Refuse an expression."""
        self.refuse(node, f"`{ast.unparse(node)}`")

    def constant(self, node):
        """Return a number."""
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self.unknown(node)
        return repr(node.value)

    def name(self, node):
        """Return a variable."""
        if node.id not in self.known:
            self.refuse(node, f"the name `{node.id}`, which is neither an argument nor a variable")
        return f"{node.id}[$]" if node.id in self.vectors else node.id

    def attribute(self, node):
        """Return π, the only attribute."""
        return "PI" if ast.unparse(node) == "np.pi" else self.unknown(node)

    def arithmetic(self, node):
        """Return a sum, product or power; a square is a product, as in NumPy."""
        if isinstance(node.op, ast.Pow):
            base, power = self.expression(node.left), self.expression(node.right)
            return f"sq({base})" if power == "2" else f"pow({base}, {power})"
        if type(node.op) not in OPERATORS:
            self.unknown(node)
        sign, rank = OPERATORS[type(node.op)]
        return f"{self.expression(node.left, rank)} {sign} {self.expression(node.right, rank + 0.5)}"

    def negative(self, node):
        """Return an expression with its sign turned."""
        return f"-{self.expression(node.operand, 3)}" if isinstance(node.op, ast.USub) else self.unknown(node)

    def comparison(self, node):
        """Return a comparison; true counts as 1."""
        if len(node.ops) != 1 or type(node.ops[0]) not in COMPARISONS:
            self.unknown(node)
        left, right = self.expression(node.left, 1), self.expression(node.comparators[0], 1)
        return f"{left} {COMPARISONS[type(node.ops[0])]} {right}"

    def choice(self, node):
        """Return one of two values."""
        test, then, other = (self.expression(part, 1) for part in (node.test, node.body, node.orelse))
        return f"{test} ? {then} : {other}"

    def call(self, node):
        """Return a call: of the gradient, of NumPy, of a sum, or of a function among the variables."""
        name = ast.unparse(node.func)
        if node.keywords:
            self.unknown(node)
        if name == "grad":
            return self.gradient(node)
        if name == "sum":
            return self.total(node)
        arguments = [self.expression(argument) for argument in node.args]
        if name in FUNCTIONS:
            return FUNCTIONS[name].format(*arguments)
        return f"{self.expression(node.func)}({', '.join(arguments)})"

    def gradient(self, node):
        """Ask for the gradient once, before the statement; return its value at the coordinate."""
        point = self.value(node.args[0])
        name = f"g{len(self.before)}$"
        self.before.append(f"const {name} = grad({point});\n")
        return f"{name}[$]"

    def total(self, node):
        """Return the sum of a generator expression."""
        (each,) = node.args
        if not isinstance(each, ast.GeneratorExp) or len(each.generators) != 1 or each.generators[0].ifs:
            self.unknown(node)
        loop = each.generators[0]
        self.known.add(loop.target.id)
        return f"sum({self.expression(loop.iter)}, ({loop.target.id}) => {self.expression(each.elt)})"
