package main

// What servers and load of the suite `net` share:
//
//	peers-go 1 files DIRECTORY   makes a certificate and its key, and a file of 64 MiB that repeats one pattern

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	patternBytes = 1 << 16
	fileBytes    = 64 * mebibyte
	shared       = 0o600
)

func makeFiles(directory string) {
	pattern := make([]byte, patternBytes)
	_, err := rand.Read(pattern)
	fail("random", err)
	file, err := os.Create(filepath.Join(directory, "file"))
	fail("file", err)
	for written := 0; written < fileBytes; written += patternBytes {
		_, err = file.Write(pattern)
		fail("file", err)
	}
	fail("file", file.Close())
	makeIdentity(directory)
}

func makeIdentity(directory string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fail("key", err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	fail("certificate", err)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	fail("key", err)
	writePem(filepath.Join(directory, "cert.pem"), "CERTIFICATE", certificate)
	writePem(filepath.Join(directory, "key.pem"), "PRIVATE KEY", encoded)
}

func writePem(path, kind string, bytes []byte) {
	fail("PEM", os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), shared))
}

func readPattern(directory string) []byte {
	file, err := os.Open(filepath.Join(directory, "file"))
	fail("pattern", err)
	defer file.Close()
	pattern := make([]byte, patternBytes)
	_, err = file.Read(pattern)
	fail("pattern", err)
	return pattern
}
