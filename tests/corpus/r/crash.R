# Crashes in the way that its first argument names; the line that is to blame carries a mark.
price <- function(prices, name) {
  prices[[name]] # crash: subscript
}
total <- function(x) {
  x + "three" # crash: type
}
refuse <- function() {
  stop("no pears today") # crash: stop
}
load_prices <- function(path) {
  read.csv(path) # crash: file
}
way <- commandArgs(trailingOnly = TRUE)[1]
if (way == "subscript") price(list(apple = 1), 7)
if (way == "type") total(1)
if (way == "stop") refuse()
if (way == "file") load_prices("/srv/shop/prices.csv")
if (way == "object") print(undefined_prices)
if (way == "package") library(shopkeeper)
if (way == "condition") if (NA) print("never")
if (way == "traceback") { options(error = function() { traceback(3); quit(status = 1) }); refuse() }
