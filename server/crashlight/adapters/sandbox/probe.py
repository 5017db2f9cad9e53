"""A process that locks itself and does nothing more, to find out whether the sandbox holds on this machine."""

import os

from crashlight.adapters.sandbox.lock import Orders, lock


def main(orders: Orders) -> None:
    """Lock, then wait until the parent lets go."""
    lock(orders)
    os.read(0, 1)
