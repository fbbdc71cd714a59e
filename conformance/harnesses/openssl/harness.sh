#!/bin/sh
# A merchant's shell behind the harness protocol: the openssl command, with jq to read the lines. See README.md.
# Standard input: one command a line. Standard output: one answer a line, and nothing else.
# Bytes go through pipes and files of a private folder; of keys and passwords no command line sees more than a file's name.

set -u
umask 077
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/private" "$work/public"

# One line of fields a command, with commas between: verb, text, body, key, signature, id. Texts and bytes are base64;
# a key's name is that after a k, with _ for /, to be a file's name; the signature's octets are \0ooo, for printf. After
# bye comes no line.
read_commands() {
	jq --null-input --raw-input --raw-output --unbuffered '
		def text: if . == null then "" else @base64 end;
		def file_name: "k" + (text | gsub("/"; "_"));
		def octets: [explode[] | "\\0\(. / 64 | floor)\(. / 8 % 8 | floor)\(. % 8)"] | add // "";
		def message:
			if .form == "request" then .method + .url
			elif .form == "payout_card_details" then .transaction_id + .card_number[:6] + .card_number[-4:]
			else .transaction_id // .value // "" end;
		def fields:
			if .cmd == "hello" then ["hello", "", "", "", "", ""]
			elif .cmd == "key" then
				["key", (.private_pem | text), (.public_pem | text), (.name | file_name), "", ""]
			elif .cmd == "op" and (.id | test("\\A[ -~]*\\z")) then
				if .op == "load_key" then
					[if .private then "private" else "public" end, (.password | text), .private // .public, "", ""]
				elif .op | test("\\A(noop|message|sign|verify)\\z") then
					[.op, (message | text), .body // "", (.key | file_name), (.signature // "" | octets)]
				else ["skip", "", "", "", ""] end + [.id | tojson]
			else error("no command of the protocol") end
			| join(",");
		label $bye | inputs
		| [try fromjson catch null][0] as $command # in an array, for the try of jq 1.6 also catches what comes after it
		| if ($command | type) == "object" and $command.cmd == "bye" then break $bye
			else [try ($command | fields) catch "broken,,,,,"][0] end'
}

# The bytes to sign: method and URL, or the fields of a short form, then the body as it stands.
message() {
	printf %s "$text" | base64 -d
	printf %s "$body" | base64 -d
}

value() { # $1 a name; its value in base64 comes from standard input
	printf '{"id":%s,"%s":"%s"}\n' "$id" "$1" "$(base64 | tr -d '\n')"
}

refused() {
	printf '{"id":%s,"refused":"%s"}\n' "$id" "$1"
}

broken() {
	printf '{"id":%s,"error":{"kind":"openssl","message":"%s"}}\n' "$id" "$1"
}

hello() {
	version=$(openssl version)
	forms='["request","card_details","payout_card_details","payout_lookup","response","webhook"]'
	printf '{"protocol":1,"implementation":{"name":"openssl","version":"%s","language":"POSIX shell",' "$(echo "$version" | cut -d ' ' -f 2)"
	printf '"runtime":"%s, %s","url":"https://www.openssl.org/"},' "$version" "$(jq --version)"
	printf '"supports":{"message":%s,"sign":%s,"verify":%s,"load_key":true},"max_inflight":8}\n' "$forms" "$forms" "$forms"
}

take_key() {
	rm -f "$work/private/$key" "$work/public/$key"
	printf %s "$text" | base64 -d >"$work/key"
	if [ -s "$work/key" ]; then
		openssl pkey -in "$work/key" -passin pass: -noout || { echo '{"refused":"openssl pkey reads no private key"}'; return; }
		mv "$work/key" "$work/private/$key"
	fi
	printf %s "$body" | base64 -d >"$work/key"
	openssl pkey -pubin -in "$work/key" -noout || { echo '{"refused":"openssl pkey reads no public key"}'; return; }
	mv "$work/key" "$work/public/$key"
	echo '{"ok":true}'
}

sign() {
	[ -f "$work/private/$key" ] || { broken 'no private key of that name'; return; }
	message | openssl dgst -sha256 -sign "$work/private/$key" -passin pass: -out "$work/signature" ||
		{ refused 'openssl dgst does not sign'; return; }
	printf '{"id":%s,"signature":"%s"}\n' "$id" "$(openssl base64 -A -in "$work/signature")"
}

verify() {
	[ -f "$work/public/$key" ] || { broken 'no public key of that name'; return; }
	printf %b "$signature" | openssl base64 -A -d -out "$work/signature"
	if message | openssl dgst -sha256 -verify "$work/public/$key" -signature "$work/signature" >/dev/null; then
		printf '{"id":%s,"valid":true}\n' "$id"
	else
		printf '{"id":%s,"valid":false}\n' "$id"
	fi
}

load_key() { # with -pubin the file is of a public key
	printf %s "$body" | base64 -d >"$work/key"
	password=pass: # an empty one, or openssl would ask the terminal
	if [ -n "$text" ]; then
		printf %s "$text" | base64 -d >"$work/password"
		password=file:$work/password
	fi
	openssl pkey "$@" -in "$work/key" -passin "$password" -pubout -outform DER -out "$work/spki" ||
		{ refused 'openssl pkey does not read it'; return; }
	digest=$(openssl dgst -sha256 -r "$work/spki")
	printf '{"id":%s,"fingerprint":"%s"}\n' "$id" "${digest%% *}"
}

# What openssl says on standard error is no answer and may quote a file's name: the exit status is enough.
read_commands | while IFS=, read -r verb text body key signature id; do
	case $verb in
	hello) hello ;;
	key) take_key ;;
	noop) printf '{"id":%s}\n' "$id" ;;
	message) message | value value ;;
	sign) sign ;;
	verify) verify ;;
	private) load_key ;;
	public) load_key -pubin ;;
	broken) echo '{"error":{"kind":"protocol","message":"no command of the protocol"}}' ;;
	*) printf '{"id":%s,"skip":"no such op"}\n' "$id" ;;
	esac
done 2>/dev/null
