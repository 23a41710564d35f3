"""Which pages to write again beyond those that were read: all, once one shows what another says."""

import hashlib


def shown_elsewhere(env):
    """Return a hash of what pages show of each other: titles, numbers, labels, terms, citations."""
    std, cited = env.domaindata["std"], env.domaindata["cite"]["citation_refs"]
    parts = [
        sorted((name, title.astext()) for name, title in env.titles.items()),
        sorted(env.toctree_includes.items()),
        sorted(env.toc_secnumbers.items()),
        sorted(env.toc_fignumbers.items()),
        *(sorted(std[kind].items()) for kind in ("labels", "anonlabels", "terms", "objects")),
        sorted(env.domaindata["py"]["objects"].items()),
        sorted(env.domaindata["math"]["objects"].items()),
        sorted({target.key for ref in cited for target in ref.targets}),
    ]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def pages_to_write(app, env):
    """Return all pages if what they show of each other has changed, else one: for static files
    are copied only in a build that writes something."""
    before, env.shown_elsewhere = getattr(env, "shown_elsewhere", None), shown_elsewhere(env)
    return sorted(env.found_docs) if before != env.shown_elsewhere else ["index"]


def setup(app):
    """Listen to the end of the reading, after those who number sections and figures."""
    app.connect("env-get-updated", pages_to_write, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
