package main

// The processor time of a server, as seen from outside.
//
// All of it is exact: the process's own clock. How much of that is the user's the kernel knows by looking at 250 ticks
// a second, too rough for a server that spends a twentieth of its time there. So we look 5000 times a second,
// at the processor that the server runs on, with perf_event_open(2); where that is forbidden the kernel's figure has
// to do. The threads in which a JVM compiles do not count: they end when a program has run for a while.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"unsafe"
)

const (
	perfSoftware    = 1
	perfCPUClock    = 0
	perfSampleTID   = 1 << 1
	perfDisabled    = 1 << 0
	perfEnable      = 0x2400
	perfDisable     = 0x2401
	perfRecord      = 9 // a sample: header { type uint32, misc uint16, size uint16 }, pid uint32, tid uint32
	perfModeMask    = 7
	perfModeUser    = 2
	perfHead        = 1024 // of the first page
	perfTail        = 1032
	perfRingBytes   = 1 << 20
	samplePeriod    = 199_999            // nanoseconds; in no step with anything else
	certainNanos    = 100 * samplePeriod // in which there must be a sample
	clockTicks      = 100                // of /proc, in a second
	clockOfProcess  = 2                  // CPUCLOCK_SCHED
	nanosPerSecond  = 1_000_000_000
	pageBytes       = 4096
	perfAttrBytes   = 64
	fieldsAfterName = 11 // of /proc/PID/stat, before utime
)

type serverCPU struct {
	pid       int
	perf      int    // -1: none
	ring      []byte // a page of the kernel's, then records
	before    int64
	ticks     int64
	compilers map[int]int64 // threads, and what their clocks said
}

// CPU is the processor that the server is tied to; -1: to none.
func watch(pid, cpu int) *serverCPU {
	watched := &serverCPU{pid: pid, perf: -1}
	if cpu < 0 {
		return watched
	}
	attributes := make([]byte, perfAttrBytes)
	binary.LittleEndian.PutUint32(attributes[0:], perfSoftware)
	binary.LittleEndian.PutUint32(attributes[4:], perfAttrBytes)
	binary.LittleEndian.PutUint64(attributes[8:], perfCPUClock)
	binary.LittleEndian.PutUint64(attributes[16:], samplePeriod)
	binary.LittleEndian.PutUint64(attributes[24:], perfSampleTID)
	binary.LittleEndian.PutUint64(attributes[40:], perfDisabled)
	everybody, noGroup := -1, -1
	fd, _, errno := syscall.Syscall6(syscall.SYS_PERF_EVENT_OPEN, uintptr(unsafe.Pointer(&attributes[0])),
		uintptr(everybody), uintptr(cpu), uintptr(noGroup), 0, 0)
	if errno != 0 {
		return watched
	}
	ring, err := syscall.Mmap(int(fd), 0, pageBytes+perfRingBytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		fail("close", syscall.Close(int(fd)))
		return watched
	}
	watched.perf, watched.ring = int(fd), ring
	return watched
}

func (watched *serverCPU) begin() {
	watched.compilers = compilers(watched.pid)
	watched.before = processTime(watched.pid)
	if watched.perf < 0 {
		watched.ticks = watched.userTicks()
		return
	}
	watched.order(perfEnable)
}

// Nanoseconds since the beginning: the user's, and all.
func (watched *serverCPU) end() (int64, int64) {
	if watched.perf >= 0 {
		watched.order(perfDisable)
	}
	all := processTime(watched.pid) - watched.before
	for thread, before := range watched.compilers {
		all -= threadTime(watched.pid, thread) - before
	}
	if watched.perf < 0 {
		return (watched.userTicks() - watched.ticks) * nanosPerSecond / clockTicks, all
	}
	user, samples := watched.drain()
	if samples == 0 {
		if all > certainNanos {
			fail("perf", fmt.Errorf("samples=0 of %d ns of process %d on its processor, expected some", all, watched.pid))
		}
		return 0, all
	}
	return int64(float64(all) * float64(user) / float64(samples)), all
}

func (watched *serverCPU) order(what uintptr) {
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(watched.perf), what, 0); errno != 0 {
		fail("perf", errno)
	}
}

// How many samples of the server there are in the ring, the user's and all; takes them.
func (watched *serverCPU) drain() (int, int) {
	records := watched.ring[pageBytes:]
	head := atomic.LoadUint64((*uint64)(unsafe.Pointer(&watched.ring[perfHead])))
	tail := (*uint64)(unsafe.Pointer(&watched.ring[perfTail]))
	user, all := 0, 0
	for at := *tail; at < head; {
		// Records are multiples of 8 bytes, and so is the ring: these 8 are in one piece.
		header := records[at%perfRingBytes:]
		body := records[(at+8)%perfRingBytes:]
		if binary.LittleEndian.Uint32(header) == perfRecord && watched.counts(body) {
			all++
			if binary.LittleEndian.Uint16(header[4:])&perfModeMask == perfModeUser {
				user++
			}
		}
		at += uint64(binary.LittleEndian.Uint16(header[6:]))
	}
	atomic.StoreUint64(tail, head)
	return user, all
}

// Whether a sample is of the server, and not of one of its compilers.
func (watched *serverCPU) counts(sample []byte) bool {
	_, compiles := watched.compilers[int(binary.LittleEndian.Uint32(sample[4:]))]
	return int(binary.LittleEndian.Uint32(sample)) == watched.pid && !compiles
}

func compilers(pid int) map[int]int64 {
	found := map[int]int64{}
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/comm", pid))
	fail("threads", err)
	for _, path := range names {
		name, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		if bytes.HasPrefix(name, []byte("C1 Compiler")) || bytes.HasPrefix(name, []byte("C2 Compiler")) {
			thread := number(filepath.Base(filepath.Dir(path)))
			found[thread] = threadTime(pid, thread)
		}
	}
	return found
}

// What a process has used, in nanoseconds.
func processTime(pid int) int64 {
	var time syscall.Timespec
	id := int32(^pid<<3 | clockOfProcess)
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, uintptr(id), uintptr(unsafe.Pointer(&time)), 0); errno != 0 {
		fail("clock_gettime", fmt.Errorf("errno=%d, expected the clock of process %d", errno, pid))
	}
	return time.Nano()
}

// What a thread of another process has used; that has no clock which we could read.
func threadTime(pid, thread int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/schedstat", pid, thread))
	fail("schedstat", err)
	nanos, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
	fail("schedstat", err)
	return nanos
}

func (watched *serverCPU) userTicks() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", watched.pid))
	fail("stat", err)
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	ticks, err := strconv.ParseInt(fields[fieldsAfterName], 10, 64)
	fail("stat", err)
	return ticks
}
