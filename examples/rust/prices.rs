//! Reads a price list and prints the sum.

fn price(field: &str) -> u32 {
    field.trim().parse::<u32>().unwrap()
}

fn main() {
    let list = "tea 450\ncup 800\npot n/a\n";
    let mut sum = 0;
    for line in list.lines() {
        let field = line.split(' ').nth(1).unwrap_or("0");
        sum += price(field);
    }
    println!("{sum}");
}
