"""Crashes in the way that the first argument names; each crashing line carries a mark."""

import asyncio
import concurrent.futures
import faulthandler
import json
import os
import socket
import subprocess
import sys
import threading
from datetime import datetime


class Basket:
    def __init__(self, items):
        self.items = items
        self.owner = None

    def total(self):
        return sum(self.items.values())


def missing_key(basket):
    return basket.items["pears"]  # crash: missing-key


def environment():
    return os.environ["SHOP_DATABASE"]  # crash: environment


def none_attribute(basket):
    return basket.owner.name  # crash: none-attribute


def misspelt(basket):
    return basket.totl()  # crash: misspelt


def undefined_name():
    return jsn.dumps({})  # crash: undefined-name


def forgotten_import():
    return math.sqrt(2)  # crash: forgotten-import


def unbound(flag):
    if flag:
        price = 1
    return price  # crash: unbound


def missing_module():
    import pricelib_of_nobody  # crash: missing-module

    return pricelib_of_nobody


def text_and_number():
    return "total: " + 3  # crash: text-and-number


def number_from_text():
    return int("eighty")  # crash: number-from-text


def malformed_json():
    return json.loads('{"price": ')  # crash: malformed-json


def bad_bytes():
    return b"caf\xe9".decode("utf-8")  # crash: bad-bytes


def bad_date():
    return datetime.strptime("31.02.2024", "%d.%m.%Y")  # crash: bad-date


def division(count):
    return 10 / count  # crash: division


def index(rows):
    return rows[3]  # crash: index


def missing_file():
    return open("/srv/desk/prices.csv")  # crash: missing-file


def refused():
    return socket.create_connection(("127.0.0.1", 1), timeout=2)  # crash: refused


def missing_program():
    return subprocess.run(["price-tool"])  # crash: missing-program


def assertion(total):
    assert total == 4, "the total is wrong"  # crash: assertion


def unexpected_argument(basket):
    return basket.total(currency="EUR")  # crash: unexpected-argument


def unpack():
    first, second = [1, 2, 3]  # crash: unpack
    return first, second


def changed_while_iterated(items):
    for name in items:  # crash: changed-while-iterated
        items[name + "!"] = 1


def recursion(depth):
    return recursion(depth + 1)  # crash: recursion


def not_awaited():
    async def price():
        return 1

    return price() + 1  # crash: not-awaited


def chained():
    try:
        missing_key(Basket({}))
    except KeyError as error:
        raise RuntimeError("no price for the basket") from error


def while_handling():
    try:
        division(0)
    except ZeroDivisionError:
        missing_key(Basket({}))


def group():
    errors = []
    for attempt in (number_from_text, bad_bytes):
        try:
            attempt()
        except ValueError as error:
            errors.append(error)
    raise ExceptionGroup("two prices are wrong", errors)


def thread():
    worker = threading.Thread(target=missing_key, args=(Basket({}),), name="pricing")
    worker.start()
    worker.join()


def remote():
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        pool.submit(division, 0).result()


def never_retrieved():
    async def main():
        task = asyncio.ensure_future(asyncio.to_thread(missing_key, Basket({})))
        await asyncio.sleep(0.2)
        del task

    asyncio.run(main())


def segfault():
    faulthandler.enable()
    faulthandler._sigsegv()  # crash: segfault


def syntax():
    import broken_of_the_shop

    return broken_of_the_shop


WAYS = {
    "missing-key": lambda: missing_key(Basket({"apples": 1})),
    "environment": environment,
    "none-attribute": lambda: none_attribute(Basket({})),
    "misspelt": lambda: misspelt(Basket({})),
    "undefined-name": undefined_name,
    "forgotten-import": forgotten_import,
    "unbound": lambda: unbound(False),
    "missing-module": missing_module,
    "text-and-number": text_and_number,
    "number-from-text": number_from_text,
    "malformed-json": malformed_json,
    "bad-bytes": bad_bytes,
    "bad-date": bad_date,
    "division": lambda: division(0),
    "index": lambda: index([1, 2]),
    "missing-file": missing_file,
    "refused": refused,
    "missing-program": missing_program,
    "assertion": lambda: assertion(5),
    "unexpected-argument": lambda: unexpected_argument(Basket({})),
    "unpack": unpack,
    "changed-while-iterated": lambda: changed_while_iterated({"a": 1}),
    "recursion": lambda: recursion(0),
    "not-awaited": not_awaited,
    "chained": chained,
    "while-handling": while_handling,
    "group": group,
    "thread": thread,
    "remote": remote,
    "never-retrieved": never_retrieved,
    "segfault": segfault,
    "syntax": syntax,
}

if __name__ == "__main__":
    WAYS[sys.argv[1]]()

# ruff: noqa: F821, PTH123 -- undefined names are two of the crashes, and the file stands for an old program.
