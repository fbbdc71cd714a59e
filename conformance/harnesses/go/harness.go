// A merchant's Go client, standard library only, behind the signkit harness protocol (docs/harness-protocol.md).
//
// The first half is the merchant: encoding/json, crypto/rsa and net/http as one uses them by default. The second half
// is the protocol: one JSON object a line, one goroutine an op.
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
	"os"
	"runtime"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// ---- the merchant -----------------------------------------------------------------------------------------------

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

// ---- the protocol -----------------------------------------------------------------------------------------------

// command is any line of the kit; encoding/json reads a []byte from base64 and leaves what is absent nil.
type command struct {
	Cmd           string  `json:"cmd"`
	ID            *string `json:"id"`
	Op            string  `json:"op"`
	Form          string  `json:"form"`
	Name          string  `json:"name"`
	PrivatePEM    *string `json:"private_pem"`
	PublicPEM     string  `json:"public_pem"`
	Method        string  `json:"method"`
	URL           string  `json:"url"`
	Body          []byte  `json:"body"`
	TransactionID string  `json:"transaction_id"`
	CardNumber    string  `json:"card_number"`
	Value         string  `json:"value"`
	Key           string  `json:"key"`
	Signature     string  `json:"signature"`
	Text          []byte  `json:"text"`
	Private       []byte  `json:"private"`
	Public        []byte  `json:"public"`
	Password      *string `json:"password"`
	JSONText      []byte  `json:"json_text"`
	MerchantID    string  `json:"merchant_id"`
}

type answer map[string]any

type sentRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Body    []byte            `json:"body"` // nil: null
	Headers map[string]string `json:"headers"`
}

type keyPair struct {
	private *rsa.PrivateKey
	public  *rsa.PublicKey
}

var keys = map[string]keyPair{} // written only by the key command, which comes when no op is running

func hello() answer {
	forms := []string{"request", "card_details", "payout_card_details", "payout_lookup", "response", "webhook"}
	return answer{
		"protocol": 1,
		"implementation": answer{
			"name": "go", "version": runtime.Version(), "language": "Go",
			"runtime": runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH, "url": "https://pkg.go.dev/std",
		},
		"supports": answer{
			"message": forms, "sign": forms, "verify": forms, "build": forms, "minify": true, "load_key": true,
		},
		"max_inflight": 8,
	}
}

func takeKey(c command) (answer, error) {
	var pair keyPair
	var err error
	if pair.public, err = parsePublic([]byte(c.PublicPEM)); err != nil {
		return nil, err
	}
	if c.PrivatePEM != nil {
		if pair.private, err = parsePrivate([]byte(*c.PrivatePEM), nil); err != nil {
			return nil, err
		}
	}
	keys[c.Name] = pair
	return answer{"ok": true}, nil
}

func message(c command) []byte {
	switch c.Form {
	case "request":
		return append([]byte(c.Method+c.URL), c.Body...)
	case "card_details":
		return []byte(c.TransactionID)
	case "payout_card_details":
		return cardMessage(c.TransactionID, c.CardNumber)
	case "payout_lookup":
		return []byte(c.Value)
	case "response", "webhook":
		return c.Body
	}
	panic("unknown form " + c.Form)
}

func perform(c command) (answer, error) {
	switch c.Op {
	case "noop":
		return answer{}, nil
	case "message":
		return answer{"value": message(c)}, nil
	case "sign":
		signature, err := sign(pair(c.Key).private, message(c))
		return answer{"signature": signature}, err
	case "verify":
		return answer{"valid": verify(pair(c.Key).public, message(c), octets(c.Signature))}, nil
	case "build":
		sent, err := build(c, pair(c.Key).private)
		return answer{"request": sent}, err
	case "minify":
		var compact bytes.Buffer
		err := json.Compact(&compact, c.Text)
		return answer{"value": append([]byte{}, compact.Bytes()...)}, err
	case "load_key":
		public, err := loadKey(c)
		if err != nil {
			return nil, err
		}
		print, err := fingerprint(public)
		return answer{"fingerprint": print}, err
	}
	panic("unknown op " + c.Op)
}

func pair(name string) keyPair {
	found, ok := keys[name]
	if !ok {
		panic("no key named " + name)
	}
	return found
}

func loadKey(c command) (*rsa.PublicKey, error) {
	if c.Private == nil {
		return parsePublic(c.Public)
	}
	key, err := parsePrivate(c.Private, c.Password)
	if err != nil {
		return nil, err
	}
	return &key.PublicKey, nil
}

// octets turns the protocol's one code point an octet into the header value that net/http would hand over.
func octets(text string) string {
	raw := make([]byte, 0, len(text))
	for _, r := range text {
		raw = append(raw, byte(r))
	}
	return string(raw)
}

// text turns octets of a header into the protocol's one code point an octet.
func text(octets string) string {
	points := make([]rune, 0, len(octets))
	for _, octet := range []byte(octets) {
		points = append(points, rune(octet))
	}
	return string(points)
}

// answerTo runs one command: an error returned is a refusal, a panic an error.
func answerTo(c command, run func(command) (answer, error)) (result answer) {
	defer func() {
		if fault := recover(); fault != nil {
			result = failure("panic", fmt.Sprint(fault))
		}
	}()
	result, err := run(c)
	if err != nil {
		return answer{"refused": err.Error()}
	}
	return result
}

func failure(kind, text string) answer {
	return answer{"error": answer{"kind": kind, "message": text}}
}

var output sync.Mutex

func reply(c command, a answer) {
	if c.ID != nil {
		a["id"] = *c.ID
	}
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // answers are made of strings, bytes and numbers only
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(ascii(text), '\n'))
}

// ascii escapes what json.Marshal leaves as UTF-8.
func ascii(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, unit := range utf16.Encode([]rune(string(text))) {
		if unit < utf8.RuneSelf {
			out = append(out, byte(unit))
		} else {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return out
}

func main() {
	var running sync.WaitGroup
	defer running.Wait()
	input := bufio.NewReader(os.Stdin)
	for {
		line, end := input.ReadBytes('\n')
		if end != nil && len(line) == 0 {
			return
		}
		var c command
		if json.Unmarshal(line, &c) != nil {
			c.Cmd = "malformed" // what could be read of it stays, its id above all
		}
		switch c.Cmd {
		case "hello":
			reply(c, hello())
		case "key":
			running.Wait()
			reply(c, answerTo(c, takeKey))
		case "op":
			running.Add(1)
			go func() {
				defer running.Done()
				reply(c, answerTo(c, perform))
			}()
		case "bye":
			return
		default:
			reply(c, failure("protocol", "the line is no command of the protocol"))
		}
	}
}
