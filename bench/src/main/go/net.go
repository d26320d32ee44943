package main

// The peer and the load generator of the suite `net`:
//
//	peers-go THREADS echo                         an echo server, a goroutine per connection
//	peers-go 1 load PORT CONNECTIONS DEPTH SIZE   sends DEPTH messages of SIZE bytes on each connection, and
//	                                              again when all have come back
//
// Driven line by line: the server says its port and answers each line with the
// nanoseconds of processor time that it has used, first the user's, then all; the load answers
// `run MILLIS` with the messages, their rate in a second, and the median and 99th percentile of the round
// trips in nanoseconds. The load makes its system calls itself, on one thread: what it costs bounds what it can measure.

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

func fail(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "peers-go: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func echo() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	fail("listen", err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			connection, err := listener.Accept()
			fail("accept", err)
			go echoOne(connection)
		}
	}()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(usage())
	}
}

func usage() string {
	var usage syscall.Rusage
	fail("getrusage", syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return fmt.Sprintf("%d %d", usage.Utime.Nano(), usage.Utime.Nano()+usage.Stime.Nano())
}

func echoOne(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 8192)
	for {
		n, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:n]); err != nil {
			return
		}
	}
}

type client struct {
	fd    int
	got   int
	start int64
}

type loader struct {
	clients []client
	batch   int // bytes
	depth   int // messages
	epoll   int
	buffer  []byte
	trips   []int64
}

func generate(port, connections, depth, size int) {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	epoll, err := syscall.EpollCreate1(0)
	fail("epoll_create1", err)
	all := &loader{make([]client, connections), depth * size, depth, epoll, make([]byte, depth*size), make([]int64, 0, 1<<22)}
	for i := range all.clients {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		fail("socket", err)
		fail("connect", syscall.Connect(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}))
		fail("nodelay", syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1))
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(i)}
		fail("epoll_ctl", syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &event))
		all.clients[i].fd = fd
	}
	for i := range all.clients {
		all.send(&all.clients[i], clock())
	}
	fmt.Println("connected")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		fmt.Println(all.run(int64(number(words[1])) * 1_000_000))
	}
}

var begin = time.Now()

// Without a system call.
func clock() int64 {
	return int64(time.Since(begin))
}

func (all *loader) run(least int64) string {
	events := make([]syscall.EpollEvent, 512)
	messages := 0
	all.trips = all.trips[:0]
	start := clock()
	for {
		count, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_WAIT, uintptr(all.epoll),
			uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 5000, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 || count == 0 {
			fail("epoll_wait", fmt.Errorf("errno=%d events=%d, expected an answer within 5 s", errno, count))
		}
		for _, event := range events[:count] {
			messages += all.receive(&all.clients[event.Fd])
		}
		now := clock()
		if now-start >= least {
			return all.report(messages, now-start)
		}
	}
}

func (all *loader) receive(one *client) int {
	n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(one.fd), uintptr(unsafe.Pointer(&all.buffer[0])), uintptr(all.batch-one.got))
	if errno != 0 || n == 0 {
		fail("read", fmt.Errorf("errno=%d bytes=%d", errno, n))
	}
	one.got += int(n)
	if one.got < all.batch {
		return 0
	}
	now := clock()
	if len(all.trips) < cap(all.trips) {
		all.trips = append(all.trips, now-one.start)
	}
	one.got = 0
	all.send(one, now)
	return all.depth
}

func (all *loader) send(one *client, now int64) {
	one.start = now
	n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(one.fd), uintptr(unsafe.Pointer(&all.buffer[0])), uintptr(all.batch))
	if errno != 0 || int(n) != all.batch {
		fail("write", fmt.Errorf("errno=%d bytes=%d, expected %d", errno, n, all.batch))
	}
}

func (all *loader) report(messages int, took int64) string {
	sort.Slice(all.trips, func(i, j int) bool { return all.trips[i] < all.trips[j] })
	count := len(all.trips)
	return fmt.Sprintf("%d %f %d %d", messages, float64(messages)*1e9/float64(took), all.trips[count/2], all.trips[count*99/100])
}
