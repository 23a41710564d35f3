"""Leave out of a style sheet what no page of the site can ever show."""

import re

import tinycss2

NAMED = re.compile(r"""class\s*=\s*["']([^"']*)""")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
EXCEPT = re.compile(r":not\([^()]*\)")
NESTED = {"media", "supports"}


def words(pages, scripts):
    """Return every class that a page names, and every word of the scripts, for those name
    classes too."""
    named = {word for text in pages for value in NAMED.findall(text) for word in value.split()}
    return frozenset(named) | {word for text in scripts for word in re.findall(r"[\w-]+", text)}


def can_match(selectors, known):
    """Return whether one of the selectors names only classes that are known; if in doubt, it
    can."""
    pieces = EXCEPT.sub("", selectors).split(",")
    return "\\" in selectors or any(
        all(name in known for name in CLASS.findall(piece)) for piece in pieces
    )


def purged(css, known):
    """Return a style sheet without the rules for classes that are not `known`."""
    return "".join(kept(rule, known) for rule in tinycss2.parse_stylesheet(css, True, True))


def kept(rule, known):
    """Return the text of a rule, or of what is left of it."""
    if rule.type == "qualified-rule":
        return rule.serialize() if can_match(tinycss2.serialize(rule.prelude), known) else ""
    if rule.type == "at-rule" and rule.content and rule.lower_at_keyword in NESTED:
        inner = "".join(
            kept(part, known) for part in tinycss2.parse_rule_list(rule.content, True, True)
        )
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}" if inner else ""
    return rule.serialize()
