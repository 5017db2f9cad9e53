# Crashes in the way that the first argument names; each crashing line carries a mark.

class Basket
  attr_reader :items, :owner

  def initialize(items)
    @items = items
  end

  def total
    items.values.sum
  end
end

def nil_call(basket)
  basket.owner.name # crash: nil-call
end

def misspelt(basket)
  basket.totl # crash: misspelt
end

def undefined_name
  bascket # crash: undefined-name
end

def missing_constant
  OpenStruct.new(price: 1) # crash: missing-constant
end

def missing_file_required
  require "pricelib_of_nobody" # crash: missing-require
end

def missing_key(basket)
  basket.items.fetch("pears") # crash: missing-key
end

def environment
  ENV.fetch("SHOP_DATABASE") # crash: environment
end

def division(count)
  10 / count # crash: division
end

def number_from_text
  Integer("eighty") # crash: number-from-text
end

def text_and_number
  "total: " + 3 # crash: text-and-number
end

def missing_file
  File.read("/srv/desk/prices.csv") # crash: missing-file
end

def arguments(basket)
  basket.total("EUR") # crash: arguments
end

def frozen
  "apples".freeze << "!" # crash: frozen
end

def recursion(depth)
  recursion(depth + 1) # crash: recursion
end

def caused
  missing_key(Basket.new({}))
rescue KeyError
  raise ArgumentError, "no price for the basket"
end

def own
  raise "the till is closed\non Sundays" # crash: own
end

WAYS = {
  "nil-call" => -> { nil_call(Basket.new({})) },
  "misspelt" => -> { misspelt(Basket.new({})) },
  "undefined-name" => -> { undefined_name },
  "missing-constant" => -> { missing_constant },
  "missing-require" => -> { missing_file_required },
  "missing-key" => -> { missing_key(Basket.new({})) },
  "environment" => -> { environment },
  "division" => -> { division(0) },
  "number-from-text" => -> { number_from_text },
  "text-and-number" => -> { text_and_number },
  "missing-file" => -> { missing_file },
  "arguments" => -> { arguments(Basket.new({})) },
  "frozen" => -> { frozen },
  "recursion" => -> { recursion(0) },
  "caused" => -> { caused },
  "own" => -> { own },
  "logged" => lambda {
    begin
      nil_call(Basket.new({}))
    rescue NoMethodError => error
      warn "#{error.class}: #{error.message}", *error.backtrace.map { |line| "    #{line}" }
    end
  },
}.freeze

WAYS.fetch(ARGV[0]).call
