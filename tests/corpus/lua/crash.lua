-- Crashes in the way that the first argument names; each crashing line carries a mark.
local function index_nil(basket)
  return basket.owner.name -- crash: index-nil
end

local function call_nil(basket)
  return basket.totl() -- crash: call-nil
end

local function concatenate(basket)
  return "owner: " .. basket.owner -- crash: concatenate
end

local function arithmetic(basket)
  return basket.price + 1 -- crash: arithmetic
end

local function missing_module()
  return require("pricelib_of_nobody") -- crash: missing-module
end

local function recursion(depth)
  return 1 + recursion(depth + 1) -- crash: recursion
end

local function argument()
  return string.rep({}, 2) -- crash: argument
end

local function missing_file()
  return assert(io.open("/srv/desk/prices.csv")) -- crash: missing-file
end

local ways = {
  ["index-nil"] = function() return (index_nil({})) end,
  ["call-nil"] = function() return (call_nil({})) end,
  concatenate = function() return (concatenate({})) end,
  arithmetic = function() return (arithmetic({})) end,
  ["missing-module"] = function() return (missing_module()) end,
  recursion = function() return (recursion(0)) end,
  argument = function() return (argument()) end,
  ["missing-file"] = function() return (missing_file()) end,
}
ways[arg[1]]()
