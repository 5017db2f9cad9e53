# Crashes in the way that the first argument names; each crashing line carries a mark.
defmodule Basket do
  defstruct owner: nil, items: %{}

  def missing_key(basket), do: Map.fetch!(basket.items, "pears") |> then(&(&1 + 0)) # crash: missing-key
  def field(basket), do: basket.items.pears # crash: field
  def of_nil(basket), do: basket.owner.name <> "" # crash: of-nil
  def clause(:apple), do: 1 # crash: clause
  def match(basket) do
    {:ok, owner} = basket.owner # crash: match
    owner
  end
  def arithmetic(basket), do: {:total, basket.owner + 1} # crash: arithmetic
  def undefined(basket), do: [Basket.totl(basket)] # crash: undefined
  def number, do: [String.to_integer("eighty")] # crash: number
  def missing_file, do: [File.read!("/srv/desk/prices.csv")] # crash: missing-file
  def own, do: [raise("the till is closed")] # crash: own
end

basket = struct(Basket)

case System.argv() do
  ["missing-key"] -> Basket.missing_key(basket)
  ["field"] -> Basket.field(basket)
  ["of-nil"] -> Basket.of_nil(basket)
  ["clause"] -> Basket.clause(:pear)
  ["match"] -> Basket.match(basket)
  ["arithmetic"] -> Basket.arithmetic(basket)
  ["undefined"] -> Basket.undefined(basket)
  ["number"] -> Basket.number()
  ["missing-file"] -> Basket.missing_file()
  ["own"] -> Basket.own()
  ["task"] -> Task.async(fn -> Basket.own() end) |> Task.await()
end
