"""Prints the average price of what was sold on each day."""

from collections import defaultdict

SALES = [("monday", 12.5), ("monday", 7.0), ("wednesday", 30.0)]
DAYS = ["monday", "tuesday", "wednesday"]


def by_day(sales):
    days = defaultdict(list)
    for day, price in sales:
        days[day].append(price)
    return days


def average(prices):
    return sum(prices) / len(prices)


def main():
    days = by_day(SALES)
    for day in DAYS:
        print(f"{day:10s} {average(days[day]):8.2f}")


if __name__ == "__main__":
    main()
