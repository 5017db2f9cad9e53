// Crashes in the way that its first argument names; the line that is to blame carries a mark.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

type basket struct {
	owner string
	items map[string]int
	next  *basket
}

type shape interface{ Area() float64 }

func (b *basket) add(name string) { b.items[name]++ } // crash: nil-map

func total(b *basket) int { return len(b.next.owner) } // crash: nil-pointer

func last(prices []int) int {
	sum := 0
	for i := 0; i <= len(prices); i++ {
		sum += prices[i] // crash: index
	}
	return sum
}

func head(text string, n int) string { return text[:n] } // crash: slice

func name(row map[string]interface{}) string { return row["name"].(string) } // crash: nil-assertion

func size(v interface{}) int { return v.(int) } // crash: type-assertion

func area(v interface{}) float64 { return v.(shape).Area() } // crash: missing-method

func average(sum, n int) int { return sum / n } // crash: divide

func closed() {
	c := make(chan int, 1)
	close(c)
	c <- 1 // crash: closed-channel
}

func asleep() {
	c := make(chan int)
	<-c // crash: deadlock
}

func recurse(n int) int { return recurse(n+1) + 1 } // crash: stack-overflow

func load(path string) {
	if _, err := os.ReadFile(path); err != nil {
		panic(err) // crash: missing-file
	}
}

func port(text string) {
	if _, err := strconv.Atoi(text); err != nil {
		panic(fmt.Errorf("bad port: %w", err)) // crash: number
	}
}

func dial() {
	if _, err := net.Dial("tcp", "127.0.0.1:1"); err != nil {
		panic(err) // crash: refused
	}
}

func nested() {
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Sprintf("while closing: %v", r))
		}
	}()
	panic("disk is gone") // crash: nested
}

func logged() {
	defer func() {
		if r := recover(); r != nil {
			log.Printf("panic recovered: %v\n%s", r, debug.Stack())
		}
	}()
	average(1, 0)
}

func served() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b *basket
		fmt.Fprint(w, b.owner) // crash: http
	}))
	http.Get(server.URL)
	time.Sleep(100 * time.Millisecond)
}

func race() {
	var group sync.WaitGroup
	count := 0
	for i := 0; i < 2; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			count++ // crash: race
		}()
	}
	group.Wait()
	fmt.Println(count)
}

func maps() {
	m := map[int]int{}
	for i := 0; i < 8; i++ {
		go func() {
			for {
				m[1]++ // crash: concurrent-map
			}
		}()
	}
	time.Sleep(5 * time.Second)
}

func main() {
	switch os.Args[1] {
	case "nil-map":
		(&basket{owner: "ann"}).add("pear")
	case "nil-pointer":
		total(&basket{})
	case "index":
		last([]int{1, 2, 3})
	case "slice":
		head("pear", 9)
	case "nil-assertion":
		name(map[string]interface{}{})
	case "type-assertion":
		size("three")
	case "missing-method":
		area(basket{})
	case "divide":
		average(1, len(os.Args)-2)
	case "closed-channel":
		closed()
	case "deadlock":
		asleep()
	case "stack-overflow":
		debug.SetMaxStack(1 << 20)
		recurse(0)
	case "missing-file":
		load("/srv/shop/prices.csv")
	case "number":
		port("eighty")
	case "refused":
		dial()
	case "nested":
		nested()
	case "logged":
		logged()
	case "http":
		served()
	case "race":
		race()
	case "concurrent-map":
		maps()
	}
}
