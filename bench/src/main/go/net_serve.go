package main

// The servers of the suite `net`, a goroutine for each connection:
//
//	peers-go THREADS serve WORK DIRECTORY
//
// They say their port, and answer each line with 0: what they cost is measured from outside.

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
)

func fail(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "peers-go: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func serve(work, directory string) {
	pattern := readPattern(directory)
	switch work {
	case "echo", "idle":
		accept(listenTCP(), echoOne)
	case "unix":
		listener, err := net.Listen("unix", filepath.Join(directory, fmt.Sprintf("socket-%d", os.Getpid())))
		fail("listen", err)
		fmt.Println(0)
		accept(listener, echoOne)
	case "udp":
		go echoDatagrams()
	case "framed":
		accept(listenTCP(), answerFrames)
	case "tls":
		accept(secured(listenTCP(), directory), answerFrames)
	case "bulk":
		accept(listenTCP(), func(connection net.Conn) { answerBulk(connection, pattern) })
	case "bulk-tls":
		accept(secured(listenTCP(), directory), func(connection net.Conn) { answerBulk(connection, pattern) })
	case "file":
		accept(listenTCP(), func(connection net.Conn) { answerFile(connection, directory) })
	default:
		fail("serve", fmt.Errorf("work=%s", work))
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(0)
	}
}

func listenTCP() net.Listener {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	fail("listen", err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return listener
}

func secured(listener net.Listener, directory string) net.Listener {
	identity, err := tls.LoadX509KeyPair(filepath.Join(directory, "cert.pem"), filepath.Join(directory, "key.pem"))
	fail("identity", err)
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{identity}, MinVersion: tls.VersionTLS13})
}

func accept(listener net.Listener, handle func(net.Conn)) {
	go func() {
		for {
			connection, err := listener.Accept()
			fail("accept", err)
			go func() {
				defer connection.Close()
				handle(connection)
			}()
		}
	}()
}

func echoOne(connection net.Conn) {
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

func echoDatagrams() {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	fail("listen", err)
	fmt.Println(socket.LocalAddr().(*net.UDPAddr).Port)
	buffer := make([]byte, 2048)
	for {
		n, from, err := socket.ReadFromUDPAddrPort(buffer)
		fail("receive", err)
		_, err = socket.WriteToUDPAddrPort(buffer[:n], from)
		fail("send", err)
	}
}

// What was there together is answered together.
func answerFrames(connection net.Conn) {
	in := bufio.NewReaderSize(connection, 8192)
	out := bufio.NewWriterSize(connection, 8192)
	var prefix [prefixBytes]byte
	payload := make([]byte, 8192)
	for {
		if _, err := io.ReadFull(in, prefix[:]); err != nil {
			return
		}
		length := binary.BigEndian.Uint32(prefix[:])
		if length > uint32(len(payload)) {
			return
		}
		if _, err := io.ReadFull(in, payload[:length]); err != nil {
			return
		}
		if _, err := out.Write(prefix[:]); err != nil {
			return
		}
		if _, err := out.Write(payload[:length]); err != nil {
			return
		}
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

func requested(connection net.Conn) (int64, error) {
	var request [8]byte
	_, err := io.ReadFull(connection, request[:])
	return int64(binary.BigEndian.Uint64(request[:])), err
}

func answerBulk(connection net.Conn, pattern []byte) {
	for {
		count, err := requested(connection)
		for ; err == nil && count > 0; count -= int64(len(pattern)) {
			_, err = connection.Write(pattern)
		}
		if err != nil {
			return
		}
	}
}

func answerFile(connection net.Conn, directory string) {
	for {
		count, err := requested(connection)
		if err != nil {
			return
		}
		file, err := os.Open(filepath.Join(directory, "file"))
		fail("file", err)
		_, err = io.CopyN(connection, file, count)
		file.Close()
		if err != nil {
			return
		}
	}
}
