#!/bin/bash
# Runs every example in /srv/shop, where their traces say they ran, and writes their logs anew.
# Needs python3, node, a JDK (17 or later), go, rustc, gcc and ruby.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
shop=/srv/shop
mkdir -p "$(dirname "$shop")"
[ ! -e "$shop" ] || { echo "$shop exists already: move it away first" >&2; exit 1; }
build=$(mktemp -d)
trap 'rm -rf "$shop" "$build"' EXIT
cp -r "$here" "$shop"

capture() { # LOG COMMAND...
    local log=$1
    shift
    (cd "$shop" && "$@") > "$here/$log" 2>&1 && echo "$log: did not crash" >&2 || true
}

javac -d "$build/java" "$shop"/java/shop/*.java
go build -o "$build/ledger" "$shop/go/ledger.go"
(cd "$shop" && rustc -g -o "$build/prices" rust/prices.rs)
gcc -g -fsanitize=address -o "$build/stock" "$shop/c/stock.c"

capture python/orders.log python3 "$shop/python/orders.py"
capture python/report.log python3 "$shop/python/report.py"
capture node/checkout.log node node/checkout.js
capture node/mail.log node node/mail.js
capture java/inventory.log java -cp "$build/java" shop.Inventory
capture java/labels.log java -cp "$build/java" shop.Labels
capture go/ledger.log bash -c "set -o pipefail; '$build/ledger' 2>&1 | sed 's/^/ledger-1  | /'"
capture rust/prices.log env RUST_BACKTRACE=1 "$build/prices"
capture c/stock.log bash -c "set -o pipefail; echo '\$ make check'; '$build/stock' 2>&1 | sed \"s#$build#/srv/shop/build#\" | while IFS= read -r line; do printf '%(%FT%T)T.0000000Z %s\n' -1 \"\$line\"; done"
capture ruby/coupons.log ruby ruby/coupons.rb
