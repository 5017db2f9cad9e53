#!/bin/bash
# Fails in the way that the first argument names; each failing line carries a mark.
case "$1" in
    missing-command) price-tool --all ;; # crash: missing-command
    missing-file) cat < /srv/desk/prices.csv ;; # crash: missing-file
    unset-variable) set -u; echo "$SHOP_DATABASE" ;; # crash: unset-variable
    syntax) eval "if true; then" ;; # crash: syntax
    arithmetic) echo $((10 / 0)) ;; # crash: arithmetic
    operands) [ "eighty" -gt 3 ] ;; # crash: operands
esac
