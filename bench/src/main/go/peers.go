// The loads of the suite `channel` in Go (what is of the suite `net` is in net_*.go), driven line by line as the JVMs of the other sides are:
//
//	warm MILLIS  ->  the nanoseconds of an operation, after having done it for that long
//	run COUNT    ->  what the load returned, and the metrics of an operation
//
// usage: peers-go THREADS SHAPE CAPACITY [COUNT [VALUES]]; a capacity of 0 is a rendezvous.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A load takes the number of operations and returns what the Java loads do.
type load func(operations int) int

func main() {
	runtime.GOMAXPROCS(number(os.Args[1]))
	switch os.Args[2] {
	case "files":
		makeFiles(os.Args[3])
		return
	case "serve":
		serve(os.Args[3], os.Args[4])
		return
	case "load":
		generate(os.Args[3:])
		return
	}
	numbers := make([]int, 0, 4)
	for _, argument := range os.Args[3:] {
		numbers = append(numbers, number(argument))
	}
	run := shape(os.Args[2], numbers)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		if words[0] == "warm" {
			fmt.Println(warmUp(run, time.Duration(number(words[1]))*time.Millisecond))
		} else {
			fmt.Println(sample(run, number(words[1])))
		}
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		fmt.Fprintf(os.Stderr, "peers-go: %q, expected a number\n", text)
		os.Exit(2)
	}
	return value
}

// The least number of operations that a load can do: it is a multiple of what any of them divides by.
var batch = 200

func warmUp(run load, least time.Duration) float64 {
	start := time.Now()
	for operations := batch; ; {
		before := time.Now()
		run(operations)
		took := time.Since(before)
		if time.Since(start) >= least {
			runtime.GC()
			return float64(took.Nanoseconds()) / float64(operations)
		}
		if took < least/8 {
			operations *= 2
		}
	}
}

func sample(run load, operations int) string {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	user := userNanos()
	start := time.Now()
	check := run(operations)
	wall := time.Since(start).Nanoseconds()
	user = userNanos() - user
	runtime.ReadMemStats(&after)
	each := func(value int64) float64 { return float64(value) / float64(operations) }
	return fmt.Sprintf("%d WALL=%f USER_CPU=%f ALLOCATED=%f", check, each(wall), each(user),
		each(int64(after.TotalAlloc-before.TotalAlloc)))
}

func userNanos() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Utime.Nano()
}

func shape(name string, numbers []int) load {
	capacity := numbers[0]
	switch name {
	case "stream":
		return stream(make(chan int, capacity))
	case "select":
		if numbers[1] == 2 {
			return selectOfTwo(open(2, capacity))
		}
		return selectOfEight(open(8, capacity))
	case "ping-pong":
		return pingPong(make(chan int, capacity), make(chan int, capacity))
	case "fan-in":
		return fanIn(make(chan int, capacity), numbers[1])
	case "broadcast":
		return broadcast(open(numbers[1], capacity))
	case "hand-over":
		return handOver(make(chan int, capacity))
	case "turns":
		return turns(make(chan int, capacity), make(chan int, capacity))
	case "chain":
		batch = numbers[1] * numbers[2]
		return chain(open(numbers[1]+1, capacity), numbers[2])
	}
	fmt.Fprintf(os.Stderr, "peers-go: shape %q, expected stream, select, ping-pong, fan-in, broadcast, hand-over, turns or chain\n", name)
	os.Exit(2)
	return nil
}

func open(count, capacity int) []chan int {
	channels := make([]chan int, count)
	for i := range channels {
		channels[i] = make(chan int, capacity)
	}
	return channels
}

func send(channel chan<- int, operations int) {
	for i := 0; i < operations; i++ {
		channel <- i & 127
	}
}

func receive(channel <-chan int, operations int) int {
	sum := 0
	for i := 0; i < operations; i++ {
		sum += <-channel
	}
	return sum
}

func stream(channel chan int) load {
	return func(operations int) int {
		go send(channel, operations)
		return receive(channel, operations)
	}
}

func selectOfTwo(channels []chan int) load {
	first, second := channels[0], channels[1]
	return func(operations int) int {
		for _, channel := range channels {
			go send(channel, operations/2)
		}
		sum := 0
		for i := 0; i < operations; i++ {
			select {
			case value := <-first:
				sum += value
			case value := <-second:
				sum += value
			}
		}
		return sum
	}
}

func selectOfEight(c []chan int) load {
	return func(operations int) int {
		for _, channel := range c {
			go send(channel, operations/8)
		}
		sum := 0
		for i := 0; i < operations; i++ {
			var value int
			select {
			case value = <-c[0]:
			case value = <-c[1]:
			case value = <-c[2]:
			case value = <-c[3]:
			case value = <-c[4]:
			case value = <-c[5]:
			case value = <-c[6]:
			case value = <-c[7]:
			}
			sum += value
		}
		return sum
	}
}

func pingPong(words, answers chan int) load {
	return func(operations int) int {
		answered := make(chan int)
		go func() {
			sum := 0
			for i := 0; i < operations/2; i++ {
				word := <-words
				answers <- word
				sum += word
			}
			answered <- sum
		}()
		sum := 0
		for i := 0; i < operations/2; i++ {
			words <- i & 127
			sum += <-answers
		}
		return sum + <-answered
	}
}

func fanIn(channel chan int, senders int) load {
	return func(operations int) int {
		for i := 0; i < senders; i++ {
			go send(channel, operations/senders)
		}
		return receive(channel, operations)
	}
}

func broadcast(channels []chan int) load {
	return func(operations int) int {
		sums := make(chan int)
		for _, channel := range channels {
			channel := channel
			go func() { sums <- receive(channel, operations) }()
		}
		for i := 0; i < operations; i++ {
			for _, channel := range channels {
				channel <- i & 127
			}
		}
		return receive(sums, len(channels))
	}
}

// Two want the same permit all the time; it is a value in a channel, which serves those who wait in their order.
func handOver(permit chan int) load {
	play := func(played chan<- int, operations int) {
		for i := 0; i < operations; i++ {
			permit <- <-permit
		}
		played <- operations
	}
	return func(operations int) int {
		played := make(chan int)
		go play(played, operations/2)
		go play(played, operations/2)
		runtime.Gosched() // both wait
		permit <- 1
		sum := receive(played, 2)
		<-permit
		return sum
	}
}

// Two give each other the turn, a value in one of two channels.
func turns(first, second chan int) load {
	play := func(mine, other chan int, operations int) int {
		for i := 0; i < operations; i++ {
			other <- <-mine
		}
		return operations
	}
	first <- 1
	return func(operations int) int {
		played := make(chan int)
		go func() { played <- play(first, second, operations/2) }()
		return play(second, first, operations/2) + <-played
	}
}

func chain(channels []chan int, values int) load {
	pass := func(left <-chan int, right chan<- int) {
		for i := 0; i < values; i++ {
			right <- <-left
		}
	}
	return func(operations int) int {
		sum := 0
		stages := len(channels) - 1
		for done := 0; done < operations; done += stages * values {
			go send(channels[0], values)
			for i := 0; i < stages; i++ {
				go pass(channels[i], channels[i+1])
			}
			sum += receive(channels[stages], values)
		}
		return sum
	}
}
