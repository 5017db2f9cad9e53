package main

import "fmt"

// Ledger keeps what each account owes.
type Ledger struct {
	owed map[string]int
}

// Charge adds an amount in cents to an account.
func (l *Ledger) Charge(account string, cents int) {
	l.owed[account] += cents
}

func main() {
	fmt.Println("ledger: listening on :8080")
	ledger := &Ledger{}
	ledger.Charge("ada", 1250)
	fmt.Println(ledger.owed)
}
