// A merchant's Go client, standard library only, behind the signkit harness protocol (docs/harness-protocol.md):
// encoding/json, crypto/rsa and net/http as one uses them by default. protocol.go puts it behind the lines.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

func sign(key *rsa.PrivateKey, message []byte) (string, error) {
	digest := sha256.Sum256(message)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	return base64.StdEncoding.EncodeToString(signature), err
}

func verify(key *rsa.PublicKey, message []byte, header string) bool {
	signature, err := base64.StdEncoding.DecodeString(header)
	if err != nil {
		return false
	}
	digest := sha256.Sum256(message)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
}

// cardMessage is what the short signature of a payout's card details covers: id, first six and last four digits.
func cardMessage(id, number string) []byte {
	return []byte(id + number[:6] + number[len(number)-4:])
}

// lookupValue is the one query value that a payout look-up signs: of uuid or external_id, whichever is there.
func lookupValue(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", err
	}
	values := append(u.Query()["uuid"], u.Query()["external_id"]...)
	if len(values) != 1 {
		return "", errors.New("a payout look-up takes exactly one of uuid and external_id")
	}
	return values[0], nil
}

// build makes the signed request and returns it as it arrived at the other end of the wire.
func build(c command, key *rsa.PrivateKey) (*sentRequest, error) {
	var body []byte
	var fields struct {
		ID     string `json:"transaction_id"`
		Number string `json:"number"`
	}
	if c.JSONText != nil {
		var value any
		if err := json.Unmarshal(c.JSONText, &value); err != nil {
			return nil, err
		}
		var err error
		if body, err = json.Marshal(value); err != nil {
			return nil, err
		}
	}
	message, header := body, "x-signature"
	switch c.Form {
	case "request":
		message = append([]byte(c.Method+c.URL), body...)
	case "payout_lookup":
		value, err := lookupValue(c.URL)
		if err != nil {
			return nil, err
		}
		message = []byte(value)
	case "card_details", "payout_card_details":
		if err := json.Unmarshal(body, &fields); err != nil {
			return nil, err
		}
		message, header = []byte(fields.ID), "x-short-signature"
		if c.Form == "payout_card_details" {
			message = cardMessage(fields.ID, fields.Number)
		}
	}
	signature, err := sign(key, message)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(c.Method, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set(header, signature)
	if c.Form != "response" && c.Form != "webhook" {
		request.Header.Set("x-merchant-id", c.MerchantID)
	}
	if body != nil {
		request.Header.Set("content-type", "application/json")
	}
	return send(request)
}

// send puts the request through http.Client onto a wire that ends in this process, and tells what arrived there.
// Only the scheme is changed, to http, so that the wire carries plain text.
func send(request *http.Request) (*sentRequest, error) {
	scheme := request.URL.Scheme
	if scheme == "https" {
		request.URL.Scheme = "http"
	}
	near, far := net.Pipe()
	defer near.Close()
	arrived := make(chan *sentRequest, 1)
	go func() {
		defer far.Close()
		if sent, err := receive(bufio.NewReader(far), scheme); err == nil {
			arrived <- sent
			io.WriteString(far, "HTTP/1.1 204 No Content\r\n\r\n")
		}
	}()
	dial := func(context.Context, string, string) (net.Conn, error) { return near, nil }
	client := http.Client{Transport: &http.Transport{DialContext: dial}}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	response.Body.Close()
	return <-arrived, nil
}

// receive reads a request off the wire. It takes the request line apart itself: http.ReadRequest would decline or
// normalise targets that the client does send.
func receive(wire *bufio.Reader, scheme string) (*sentRequest, error) {
	line, err := wire.ReadString('\n')
	if err != nil {
		return nil, err
	}
	method, rest, _ := strings.Cut(line, " ")
	target := rest[:strings.LastIndex(rest, " ")]
	request, err := http.ReadRequest(bufio.NewReader(io.MultiReader(strings.NewReader(method+" / HTTP/1.1\r\n"), wire)))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	sent := &sentRequest{Method: method, URL: scheme + "://" + request.Host + target, Headers: map[string]string{}}
	if len(body) > 0 {
		sent.Body = body
	}
	for name := range request.Header {
		sent.Headers[name] = text(request.Header.Get(name))
	}
	return sent, nil
}

func parsePrivate(data []byte, password *string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no PEM block found")
	}
	der := block.Bytes
	if x509.IsEncryptedPEMBlock(block) {
		if password == nil {
			return nil, errors.New("the PEM block is encrypted and no password is given")
		}
		var err error
		if der, err = x509.DecryptPEMBlock(block, []byte(*password)); err != nil {
			return nil, err
		}
	}
	if block.Type == "RSA PRIVATE KEY" {
		return x509.ParsePKCS1PrivateKey(der)
	}
	return only[*rsa.PrivateKey](x509.ParsePKCS8PrivateKey(der))
}

func parsePublic(data []byte) (*rsa.PublicKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no PEM block found")
	}
	if block.Type == "RSA PUBLIC KEY" {
		return x509.ParsePKCS1PublicKey(block.Bytes)
	}
	return only[*rsa.PublicKey](x509.ParsePKIXPublicKey(block.Bytes))
}

// only is the parsed key, if it is of the kind wanted.
func only[K any](parsed any, err error) (K, error) {
	key, ok := parsed.(K)
	if err == nil && !ok {
		err = fmt.Errorf("a %T, not an RSA key", parsed)
	}
	return key, err
}

func fingerprint(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), err
}
