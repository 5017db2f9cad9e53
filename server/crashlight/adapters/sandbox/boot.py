"""The first code of every restricted process: find our modules without their packages' own imports, run one.

Run by path, as ``python -I -S -B boot.py ORDERS``. The packages above the module are made empty, so that
nothing of the server is imported by the way, and no folder of foreign modules is ever searched.
"""

import json
import os
import sys
from types import ModuleType

PACKAGES = ("crashlight", "crashlight.adapters", "crashlight.adapters.sandbox")


def run(text: str) -> None:
    """Hand the orders to ``main`` of the module that they name."""
    fields = json.loads(text)
    sdk = fields.pop("sdk")
    top = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))  # noqa: PTH118, PTH120  # pathlib takes 8 ms
    for name in {*PACKAGES, fields["module"].rpartition(".")[0]}:
        package = ModuleType(name)
        package.__path__ = ["/".join([top, *name.split(".")[1:]])]
        sys.modules[name] = package
    sys.path.append(sdk)
    from crashlight.adapters.sandbox.lock import Orders

    __import__(fields["module"])
    sys.modules[fields["module"]].main(Orders(**fields))


if __name__ == "__main__":
    run(sys.argv[1])
