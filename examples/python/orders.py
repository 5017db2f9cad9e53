"""Reads orders and writes what each customer has to pay."""

import logging

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
log = logging.getLogger("orders")

ORDERS = [
    {"id": 1001, "lines": [("tea", 4.5, 2), ("cup", 8.0, 1)], "discount": 10},
    {"id": 1002, "lines": [("pot", 24.0, 1)]},
]


def total(order):
    """The price of all lines, less the discount in per cent."""
    gross = sum(price * count for _, price, count in order["lines"])
    return gross * (100 - order["discount"]) / 100


def main():
    log.info("%d orders to bill", len(ORDERS))
    for order in ORDERS:
        try:
            log.info("order %d: %.2f", order["id"], total(order))
        except Exception:
            log.exception("order %d cannot be billed", order["id"])
            raise SystemExit(1)


if __name__ == "__main__":
    main()
