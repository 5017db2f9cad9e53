"""A small program with a bug, and the log of its crash: made anew by running it, so that every path is real."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CART = '''\
class Cart:
    """What a customer wants to buy."""

    def __init__(self) -> None:
        self.items: list[int] = []

    def add(self, price: int) -> None:
        self.items.append(price)

    def total(self) -> int:
        return sum(self.itms)
'''

CHECKOUT = """\
from cart import Cart

cart = Cart()
cart.add(12)
print("total", cart.total())
"""


@dataclass(frozen=True)
class Shop:
    """The program's folder and what stands in it."""

    folder: Path

    @property
    def cart(self) -> Path:
        """The file with the bug."""
        return self.folder / "cart.py"

    @property
    def log(self) -> Path:
        """What the program printed."""
        return self.folder / "logs" / "checkout.log"

    @property
    def culprit(self) -> int:
        """0-based line of the bug in ``cart``."""
        return _line_of("self.itms", self.cart)

    @property
    def frame(self) -> int:
        """0-based line in the log of the frame that points at the bug."""
        return _line_of("in total", self.log)

    @property
    def report(self) -> int:
        """0-based first line of the crash in the log."""
        return _line_of("Traceback", self.log)


def make_shop(folder: Path) -> Shop:
    """Write the program, run it, keep what it printed."""
    shop = Shop(folder)
    shop.log.parent.mkdir(parents=True)
    shop.cart.write_text(CART)
    (folder / "checkout.py").write_text(CHECKOUT)
    (folder / "crashlight.toml").write_text("")
    run = subprocess.run([sys.executable, str(folder / "checkout.py")], capture_output=True, text=True, cwd=folder)
    shop.log.write_text(f"starting the checkout\n{run.stdout}{run.stderr}")
    return shop


def _line_of(text: str, file: Path) -> int:
    return next(number for number, line in enumerate(file.read_text().splitlines()) if text in line)
