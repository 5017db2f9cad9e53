"""Starting a restricted process, and proving that it is one before it gets any input.

The parent's side: :func:`crashlight.adapters.sandbox.process.start` runs a module of ours in a process of
its own and gives a :class:`~crashlight.adapters.sandbox.process.Confined`;
:mod:`~crashlight.adapters.sandbox.machine` says which level this machine can reach.

The child's side: the module has ``main(orders)``. It imports and opens what it needs, then calls
:func:`crashlight.adapters.sandbox.lock.lock` with its orders, and only then reads any input::

    from crashlight.adapters.sandbox.lock import Orders, lock

    def main(orders: Orders) -> None:
        model = load(orders.arguments["model_fd"])  # imports and opens happen before the lock
        lock(orders)                                # from here on: no open, no network, no program
        serve(model)

A child never runs this file: :mod:`~crashlight.adapters.sandbox.boot` makes its packages empty, so that it
pays for what it uses alone.
"""

from crashlight.adapters.sandbox.machine import Machine, survey
from crashlight.adapters.sandbox.process import Confined, start
from crashlight.adapters.sandbox.proof import NotProven
from crashlight.adapters.sandbox.selfcheck import check

__all__ = ["Confined", "Machine", "NotProven", "check", "start", "survey"]
