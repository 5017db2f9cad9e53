(* Crashes in the way that its first argument names; the line that is to blame carries a mark. *)
let last prices = prices.(3) (* crash: index *)
let stock table name = Hashtbl.find table name (* crash: missing-key *)
let share total people = total / people (* crash: divide *)
let refuse () = failwith "no pears today" (* crash: failure *)
let port text = int_of_string text (* crash: number *)
let kind = function 0 -> "apple" | 1 -> "pear" (* crash: match *)
let check n = assert (n > 100) (* crash: assertion *)
let load path = open_in path (* crash: file *)
let rec deep n = 1 + deep (n + 1) (* crash: recursion *)

let () =
  match Sys.argv.(1) with
  | "index" -> print_int (last [| 1; 2; 3 |])
  | "missing-key" -> print_int (stock (Hashtbl.create 1) "pear")
  | "divide" -> print_int (share 15 (Array.length Sys.argv - 2))
  | "failure" -> refuse ()
  | "number" -> print_int (port "eighty")
  | "match" -> print_string (kind 7)
  | "assertion" -> check 3
  | "file" -> ignore (load "/srv/shop/prices.csv")
  | "recursion" -> print_int (deep 0)
  | _ -> ()
