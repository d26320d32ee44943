package main

// The load of the suite `net`:
//
//	peers-go 1 load WORK ADDRESS CONNECTIONS DEPTH PID CPU DIRECTORY
//
// WORK is one of those in `works`, ADDRESS a port or a path, PID the server's process, CPU the processor that it runs
// on, DIRECTORY what `files` has made. It says that it is connected, and the cipher suite if there is one; then, line
// by line:
//
//	run MILLIS  ->  operations, their rate in a second, the median of the round trips, and the server's processor
//	                time, the user's and all (nanoseconds)
//	once        ->  the same, of one request on each connection
//
// A run sends a request on each connection, and the next one when the whole answer has come and every byte of it has
// been looked at. It ends when its time is over and all answers have come, so that nothing of one run is done in
// another. The load makes its system calls itself, on one thread: what it costs bounds what it can measure.

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

const (
	messageBytes = 64
	prefixBytes  = 4
	mebibyte     = 1 << 20
	stallMillis  = 5000
)

// What is said on each connection, and what must come back.
type work struct {
	family, kind int
	framed       bool // each message behind its length, four bytes, big endian
	secure       bool
	anew         bool // a connection for each request
	bulk         bool // asks for DEPTH MiB of the pattern; else what was sent comes back
}

var works = map[string]work{
	"echo":     {family: syscall.AF_INET, kind: syscall.SOCK_STREAM},
	"unix":     {family: syscall.AF_UNIX, kind: syscall.SOCK_STREAM},
	"udp":      {family: syscall.AF_INET, kind: syscall.SOCK_DGRAM},
	"connect":  {family: syscall.AF_INET, kind: syscall.SOCK_STREAM, anew: true},
	"framed":   {family: syscall.AF_INET, kind: syscall.SOCK_STREAM, framed: true},
	"tls":      {family: syscall.AF_INET, kind: syscall.SOCK_STREAM, framed: true, secure: true},
	"bulk":     {family: syscall.AF_INET, kind: syscall.SOCK_STREAM, bulk: true},
	"bulk-tls": {family: syscall.AF_INET, kind: syscall.SOCK_STREAM, bulk: true, secure: true},
}

type client struct {
	fd       int
	secure   *secureEnd // nil: none
	request  []byte
	expected []byte // the answer, or what it repeats
	answer   int    // its length
	got      int
	start    int64
}

type loader struct {
	work     work
	address  syscall.Sockaddr
	depth    int // operations in a request
	clients  []client
	waiting  int // for answers
	end      int64
	epoll    int
	buffer   []byte
	trips    []int64
	requests uint64
	cpu      *serverCPU
	events   []syscall.EpollEvent
}

func generate(arguments []string) {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	work, known := works[arguments[0]]
	if !known {
		fail("load", fmt.Errorf("work=%s", arguments[0]))
	}
	connections, depth := number(arguments[2]), number(arguments[3])
	if work.kind == syscall.SOCK_DGRAM && depth > 1 {
		fail("load", fmt.Errorf("udp: depth=%d, expected 1: it would lose some", depth))
	}
	epoll, err := syscall.EpollCreate1(0)
	fail("epoll_create1", err)
	all := &loader{
		work:    work,
		address: place(work, arguments[1]),
		depth:   depth,
		clients: make([]client, connections),
		epoll:   epoll,
		buffer:  make([]byte, patternBytes),
		trips:   make([]int64, 0, 1<<22),
		cpu:     watch(number(arguments[4]), number(arguments[5])),
		events:  make([]syscall.EpollEvent, 512),
	}
	pattern := readPattern(arguments[6])
	for i := range all.clients {
		all.clients[i] = newClient(work, depth, pattern)
		if !work.anew {
			all.connect(i)
		}
	}
	fmt.Println("connected", all.suite())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		least := 0
		if words[0] == "run" {
			least = number(words[1])
		}
		fmt.Println(all.run(int64(least) * 1_000_000))
	}
}

func place(work work, address string) syscall.Sockaddr {
	if work.family == syscall.AF_UNIX {
		return &syscall.SockaddrUnix{Name: address}
	}
	return &syscall.SockaddrInet4{Port: number(address), Addr: [4]byte{127, 0, 0, 1}}
}

func newClient(work work, depth int, pattern []byte) client {
	if work.bulk {
		request := binary.BigEndian.AppendUint64(nil, uint64(depth)*mebibyte)
		return client{request: request, expected: pattern, answer: depth * mebibyte}
	}
	var request []byte
	for i := 0; i < depth; i++ {
		if work.framed {
			request = binary.BigEndian.AppendUint32(request, messageBytes)
		}
		request = append(request, pattern[:messageBytes]...)
	}
	return client{request: request, expected: request, answer: len(request)}
}

func (all *loader) connect(index int) {
	one := &all.clients[index]
	fd, err := syscall.Socket(all.work.family, all.work.kind, 0)
	fail("socket", err)
	fail("connect", syscall.Connect(fd, all.address))
	if all.work.family == syscall.AF_INET && all.work.kind == syscall.SOCK_STREAM {
		fail("nodelay", syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1))
	}
	one.fd = fd
	if all.work.secure {
		one.secure = shakeHands(fd)
	}
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(index)}
	fail("epoll_ctl", syscall.EpollCtl(all.epoll, syscall.EPOLL_CTL_ADD, fd, &event))
}

// The cipher suite: all servers must use the same.
func (all *loader) suite() string {
	if !all.work.secure {
		return "plain"
	}
	return all.clients[0].secure.suite()
}

var begin = time.Now()

// Without a system call.
func clock() int64 {
	return int64(time.Since(begin))
}

func (all *loader) run(least int64) string {
	all.trips = all.trips[:0]
	done := 0
	all.cpu.begin()
	start := clock()
	all.end = start + least
	for i := range all.clients {
		all.ask(i, clock())
	}
	for all.waiting > 0 {
		for _, event := range all.wait() {
			done += all.receive(int(event.Fd))
		}
	}
	took := clock() - start
	user, cpu := all.cpu.end()
	sort.Slice(all.trips, func(i, j int) bool { return all.trips[i] < all.trips[j] })
	rate := float64(done) * 1e9 / float64(took)
	return fmt.Sprintf("%d %f %d %d %d", done, rate, all.trips[len(all.trips)/2], user, cpu)
}

func (all *loader) wait() []syscall.EpollEvent {
	for {
		count, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_WAIT, uintptr(all.epoll),
			uintptr(unsafe.Pointer(&all.events[0])), uintptr(len(all.events)), stallMillis, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 || count == 0 {
			fail("epoll_wait", fmt.Errorf("errno=%d events=%d, expected an answer within %d ms", errno, count, stallMillis))
		}
		return all.events[:count]
	}
}

// Sends a request, which no other one is like.
func (all *loader) ask(index int, now int64) {
	one := &all.clients[index]
	if !all.work.bulk {
		all.requests++
		stride, at := messageBytes, 0
		if all.work.framed {
			stride, at = messageBytes+prefixBytes, prefixBytes
		}
		for ; at < len(one.request); at += stride {
			binary.LittleEndian.PutUint64(one.request[at:], all.requests)
		}
	}
	one.start = now
	one.got = 0
	all.waiting++
	if all.work.anew {
		all.connect(index)
	}
	if one.secure != nil {
		one.secure.write(one.request)
		return
	}
	write(one.fd, one.request)
}

func write(fd int, bytes []byte) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&bytes[0])), uintptr(len(bytes)))
	if errno != 0 || int(n) != len(bytes) {
		fail("write", fmt.Errorf("errno=%d bytes=%d, expected %d", errno, n, len(bytes)))
	}
}

// Takes what has come; asks again if that was all of the answer.
func (all *loader) receive(index int) int {
	one := &all.clients[index]
	for {
		n := all.read(one)
		if n == 0 {
			return 0
		}
		all.check(one, all.buffer[:n])
		if one.got == one.answer {
			break
		}
		if one.secure == nil {
			return 0 // epoll tells of the rest
		}
	}
	now := clock()
	if len(all.trips) < cap(all.trips) {
		all.trips = append(all.trips, now-one.start)
	}
	all.waiting--
	if all.work.anew {
		fail("close", syscall.Close(one.fd))
	}
	if now < all.end {
		all.ask(index, now)
	}
	return all.depth
}

// How many bytes; 0: none yet.
func (all *loader) read(one *client) int {
	room := all.buffer
	if left := one.answer - one.got; left < len(room) {
		room = room[:left]
	}
	if one.secure != nil {
		return one.secure.read(room)
	}
	n := receiveNow(one.fd, room)
	if n == 0 {
		fail("read", fmt.Errorf("bytes=%d of %d, and no more", one.got, one.answer))
	}
	if n < 0 {
		return 0
	}
	return n
}

// How many bytes; 0 at the end; -1 if there are none yet.
func receiveNow(fd int, into []byte) int {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&into[0])),
		uintptr(len(into)), syscall.MSG_DONTWAIT, 0, 0)
	if errno == syscall.EAGAIN {
		return -1
	}
	if errno != 0 {
		fail("read", errno)
	}
	return int(n)
}

func (all *loader) check(one *client, came []byte) {
	for len(came) > 0 {
		expected := one.expected[one.got%len(one.expected):]
		if len(expected) > len(came) {
			expected = expected[:len(came)]
		}
		if !bytes.Equal(came[:len(expected)], expected) {
			fail("answer", fmt.Errorf("bytes %d to %d of %d are not those expected", one.got, one.got+len(expected), one.answer))
		}
		one.got += len(expected)
		came = came[len(expected):]
	}
}
