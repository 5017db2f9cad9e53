-module(crash).
-export([main/1]).

main(["badmatch"]) -> pair({error, closed});
main(["badarith"]) -> share(15, 0);
main(["function-clause"]) -> first([]);
main(["undef"]) -> shop_prices:load();
main(["badkey"]) -> stock(#{}, pear);
main(["case-clause"]) -> kind(banana);
main(["throw"]) -> refuse();
main(["process"]) ->
    spawn(fun() -> share(1, 0) end),
    timer:sleep(200);
main(["exit"]) -> spawn(fun() -> exit(no_pears) end), timer:sleep(200).

pair(Reply) ->
    {ok, Value} = Reply, % crash: badmatch
    Value.

share(Sum, People) ->
    Sum / People. % crash: badarith

first([Head | _]) -> % crash: function-clause
    Head.

stock(Map, Name) -> % crash: badkey
    maps:get(Name, Map).

kind(Fruit) ->
    case Fruit of % crash: case-clause
        apple -> red;
        pear -> green
    end.

refuse() ->
    throw(no_pears_today). % crash: throw
