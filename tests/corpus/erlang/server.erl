-module(server).
-behaviour(gen_server).
-export([start/0,init/1,handle_call/3,handle_cast/2]).
start() -> {ok,P} = gen_server:start({local,shop},?MODULE,[],[]), catch gen_server:call(P, {price, pear}), timer:sleep(300).
init([]) -> {ok, #{}}.
handle_call({price, Name}, _From, State) -> {reply, maps:get(Name, State), State}.
handle_cast(_, S) -> {noreply, S}.
