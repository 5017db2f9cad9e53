// Crashes in the way that its first argument names; the line that is to blame carries a mark.
use std::cell::RefCell;
use std::collections::HashMap;

struct Basket {
    prices: Vec<u32>,
}

impl Basket {
    fn last(&self, index: usize) -> u32 {
        self.prices[index] // crash: index
    }

    fn first_over(&self, limit: u32) -> u32 {
        *self.prices.iter().find(|price| **price > limit).unwrap() // crash: unwrap-none
    }
}

fn port(text: &str) -> u16 {
    text.parse().unwrap() // crash: number
}

fn rest(paid: u32, price: u32) -> u32 {
    paid - price // crash: subtract
}

fn share(sum: u32, people: u32) -> u32 {
    sum / people // crash: divide
}

fn head(text: &str, end: usize) -> &str {
    &text[..end] // crash: char-boundary
}

fn stock(map: &HashMap<String, u32>, name: &str) -> u32 {
    map[name] // crash: missing-key
}

fn twice(cell: &RefCell<Vec<u32>>) {
    let _first = cell.borrow();
    cell.borrow_mut().push(1); // crash: borrowed
}

fn load(path: &str) -> String {
    std::fs::read_to_string(path).expect("the price list") // crash: missing-file
}

fn setting() -> String {
    std::env::var("SHOP_TOKEN").unwrap() // crash: environment
}

fn check(sum: u32) {
    assert_eq!(sum, 15, "the sum of {} prices", 3); // crash: assertion
}

fn todo_it() {
    unimplemented!("refunds") // crash: unimplemented
}

fn deep(n: u64) -> u64 {
    if n == u64::MAX { 0 } else { 1 + deep(n + 1) + n % 3 }
}

fn thread() {
    let worker = std::thread::Builder::new().name("worker-1".into());
    let handle = worker.spawn(|| panic!("no more pears")).unwrap(); // crash: thread
    let _ = handle.join();
}

fn main() {
    let way = std::env::args().nth(1).unwrap_or_default();
    let zero = way.len() as u32 - way.len() as u32;
    let basket = Basket { prices: vec![3, 5, 7] };
    match way.as_str() {
        "index" => drop(basket.last(way.len())),
        "unwrap-none" => drop(basket.first_over(100)),
        "number" => drop(port("eighty")),
        "subtract" => drop(rest(zero, 3)),
        "divide" => drop(share(15, zero)),
        "char-boundary" => drop(head("bäume", 2)),
        "missing-key" => drop(stock(&HashMap::new(), "pear")),
        "borrowed" => twice(&RefCell::new(vec![])),
        "missing-file" => drop(load("/srv/shop/prices.csv")),
        "environment" => drop(setting()),
        "assertion" => check(zero),
        "unimplemented" => todo_it(),
        "stack-overflow" => println!("{}", deep(zero as u64)),
        "thread" => thread(),
        _ => {}
    }
}
