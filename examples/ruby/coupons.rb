# Prints the price after a coupon.

Coupon = Struct.new(:code, :percent)
COUPONS = [Coupon.new('TEA10', 10), Coupon.new('CUP20', 20)]

def discount(code)
  coupon = COUPONS.find { |known| known.code == code }
  coupon.percent
end

def price(amount, code)
  amount - amount * discount(code) / 100
end

puts price(1000, 'TEA10')
puts price(1000, 'POT30')
