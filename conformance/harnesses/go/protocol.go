// The harness protocol around the merchant of harness.go: one JSON object a line, one goroutine an op.
package main

import (
	"bufio"
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

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
