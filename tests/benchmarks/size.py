"""How large the house is: lines and statements of Python by folder, and what a newcomer must
follow. `make size`."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import optbook

ROOT = Path(__file__).parents[2]
PACKAGE = str(ROOT / "optbook")


def sources(folder):
    """Return the texts of a folder's Python files, those that git knows."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", f"{folder}/*.py"],
        check=True,
        capture_output=True,
        text=True,
    )
    return [
        (ROOT / name).read_text(encoding="utf-8")
        for name in listed.stdout.split()
        if (ROOT / name).exists()
    ]


def walk():
    """Return the functions entered and the lines run by `minimize(bowl, adam, lr=0.1)`."""
    functions, lines = set(), set()

    def trace(frame, event, _):
        path = frame.f_code.co_filename
        if not path.startswith(PACKAGE):
            return None
        functions.add((path, frame.f_code.co_qualname))
        if event == "line":
            lines.add((path, frame.f_lineno))
        return trace

    sys.settrace(trace)
    optbook.minimize(optbook.bowl, optbook.adam, lr=0.1)
    sys.settrace(None)
    return functions, lines


def main():
    """Print the table."""
    for folder in ("optbook", "conf", "tests", "gallery"):
        texts = sources(folder)
        lines = sum(len(text.splitlines()) for text in texts)
        statements = sum(
            isinstance(node, ast.stmt) for text in texts for node in ast.walk(ast.parse(text))
        )
        print(f"{folder:8} {lines:6} lines, {statements:5} statements")
    rules = (ROOT / "optbook" / "optimizers.py").read_text(encoding="utf-8")
    print(
        "lines before the first rule:",
        rules[: re.search(r"^def gd", rules, re.MULTILINE).start()].count("\n"),
    )
    functions, lines = walk()
    checking = sum(path.endswith("checks.py") for path, _ in lines)
    print(
        f"minimize(bowl, adam, lr=0.1): {len(functions)} functions, {len(lines)} lines, {checking}"
        " of them of checks.py"
    )


if __name__ == "__main__":
    main()
