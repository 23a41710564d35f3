"""A living textbook chapter on optimization for machine learning: every equation here runs.

>>> import optbook
>>> run = optbook.minimize(optbook.bowl, optbook.gd, lr=0.1, steps=100)
>>> run.status
'finished'
"""

import inspect

from optbook.book.exercises import *  # noqa: F403  each module says what is public
from optbook.book.in_place import *  # noqa: F403
from optbook.book.listings import *  # noqa: F403
from optbook.checks import *  # noqa: F403
from optbook.data import *  # noqa: F403
from optbook.more_optimizers import *  # noqa: F403
from optbook.networks import *  # noqa: F403
from optbook.optimizers import *  # noqa: F403
from optbook.problems import *  # noqa: F403
from optbook.registry import *  # noqa: F403
from optbook.run import *  # noqa: F403
from optbook.schedules import *  # noqa: F403
from optbook.wrappers import *  # noqa: F403

__version__ = "0.1.0"
__all__ = [name for name, thing in vars().items() if name[0] != "_" and not inspect.ismodule(thing)]
