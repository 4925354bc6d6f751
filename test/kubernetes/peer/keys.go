package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// keys writes what openssl would have to: sa.key, which signs service accounts' tokens, and loopback.crt and .key,
// a certificate of 127.0.0.1 that is its own authority.
func init() {
	parts["keys"] = func() {
		dir := flag.String("dir", ".", "where to write them")
		flag.Parse()
		check(os.WriteFile(filepath.Join(*dir, "sa.key"), keyPEM(newKey()), 0o600))
		key := newKey()
		template := &x509.Certificate{
			SerialNumber:          big.NewInt(time.Now().UnixNano()),
			Subject:               pkix.Name{CommonName: "loopback"},
			IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
			NotBefore:             time.Now().Add(-time.Hour),
			NotAfter:              time.Now().Add(24 * time.Hour),
			KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign,
			ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			BasicConstraintsValid: true,
			IsCA:                  true,
		}
		der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
		certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		check(os.WriteFile(filepath.Join(*dir, "loopback.crt"), certificate, 0o600))
		check(os.WriteFile(filepath.Join(*dir, "loopback.key"), keyPEM(key), 0o600))
	}
}

func newKey() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) }

func keyPEM(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}
