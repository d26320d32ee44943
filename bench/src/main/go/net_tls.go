package main

// TLS for the load of the suite `net`: Go's own, over a descriptor that is never waited for.

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

type secureEnd struct {
	conn *tls.Conn
}

func shakeHands(fd int) *secureEnd {
	below := &rawEnd{fd: fd, waits: true}
	conn := tls.Client(below, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13})
	fail("TLS handshake", conn.Handshake())
	below.waits = false
	return &secureEnd{conn}
}

func (end *secureEnd) suite() string {
	return tls.CipherSuiteName(end.conn.ConnectionState().CipherSuite)
}

func (end *secureEnd) write(bytes []byte) {
	_, err := end.conn.Write(bytes)
	fail("TLS write", err)
}

// How many bytes; 0: none yet.
func (end *secureEnd) read(into []byte) int {
	n, err := end.conn.Read(into)
	if n == 0 && !errors.Is(err, noneYet{}) {
		fail("TLS read", fmt.Errorf("bytes=0, error %v", err))
	}
	return n
}

// What a read finds when nothing has come. Being temporary, it leaves the TLS above usable.
type noneYet struct{}

func (noneYet) Error() string   { return "nothing has come" }
func (noneYet) Temporary() bool { return true }
func (noneYet) Timeout() bool   { return true }

type rawEnd struct {
	fd    int
	waits bool // during the handshake
}

func (end *rawEnd) Read(into []byte) (int, error) {
	if end.waits {
		n, err := syscall.Read(end.fd, into)
		if n == 0 && err == nil {
			err = io.EOF
		}
		return n, err
	}
	switch n := receiveNow(end.fd, into); n {
	case -1:
		return 0, noneYet{}
	case 0:
		return 0, io.EOF
	default:
		return n, nil
	}
}

func (end *rawEnd) Write(bytes []byte) (int, error) {
	write(end.fd, bytes)
	return len(bytes), nil
}

func (end *rawEnd) Close() error                     { return syscall.Close(end.fd) }
func (end *rawEnd) LocalAddr() net.Addr              { return nil }
func (end *rawEnd) RemoteAddr() net.Addr             { return nil }
func (end *rawEnd) SetDeadline(time.Time) error      { return nil }
func (end *rawEnd) SetReadDeadline(time.Time) error  { return nil }
func (end *rawEnd) SetWriteDeadline(time.Time) error { return nil }
