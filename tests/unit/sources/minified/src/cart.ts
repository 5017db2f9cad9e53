interface Line {
  name: string;
  price?: { cents: number };
}

export function total(lines: Line[]): number {
  let sum = 0;
  for (const line of lines) {
    sum += line.price!.cents;
  }
  return sum;
}
