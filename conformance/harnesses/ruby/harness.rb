# frozen_string_literal: true

# A merchant's Ruby behind the harness protocol: json, openssl, base64 and net/http of the standard library, at their
# defaults. Standard input: one command a line. Standard output: one answer a line, and nothing else. See README.md.

require 'base64'
require 'digest'
require 'json'
require 'net/http'
require 'openssl'
require 'socket'
require 'uri'

class Refused < StandardError; end
class Skip < StandardError; end

# ---- The merchant: what the API document asks for, in Ruby

# The string to sign. A webhook and a response sign their body alone.
def payload(form, fields)
  case form
  when 'request' then fields['method'] + fields['url'] + fields['body']
  when 'card_details' then fields['transaction_id']
  when 'payout_card_details'
    fields['transaction_id'] + fields['card_number'][0, 6] + fields['card_number'][-4..]
  when 'payout_lookup' then fields['value']
  when 'response', 'webhook' then fields['body']
  else raise Skip, 'no such form'
  end
end

def sign(message, key)
  Base64.strict_encode64(key.sign('SHA256', message))
end

def verify(message, header, key)
  key.verify('SHA256', Base64.decode64(header), message)
rescue OpenSSL::PKey::PKeyError
  false
end

def minify(text)
  JSON.generate(JSON.parse(text))
end

# Reads private and public keys alike. Without a password OpenSSL would ask the terminal for one.
def load_key(pem, password = nil)
  OpenSSL::PKey::RSA.new(pem, password || '')
end

# The whole of a call: serialise, sign the URL one has, send with net/http. Returns what came over the wire.
def build(form, method, url, json, merchant_id, key)
  data = json && JSON.parse(json)
  body = json && JSON.generate(data)
  fields =
    case form
    when 'request' then { 'method' => method, 'url' => url, 'body' => body.to_s }
    when 'card_details' then data.slice('transaction_id')
    when 'payout_card_details'
      { 'transaction_id' => data['transaction_id'], 'card_number' => data['number'] }
    when 'payout_lookup' then { 'value' => lookup_value(url) }
    else { 'body' => body.to_s }
    end
  signature = sign(payload(form, fields), key)
  headers =
    case form
    when 'card_details', 'payout_card_details'
      { 'x-merchant-id' => merchant_id, 'x-short-signature' => signature }
    when 'request', 'payout_lookup' then { 'x-merchant-id' => merchant_id, 'x-signature' => signature }
    else { 'x-signature' => signature }
    end
  headers['content-type'] = 'application/json' if json
  uri = URI(url)
  raise Refused, 'not a URL of http or https' unless uri.is_a?(URI::HTTP) && uri.host

  client = RecordedHTTP.new(uri.hostname, uri.port, nil)
  client.use_ssl = uri.scheme == 'https'
  client.send_request(method, uri.request_uri, body, headers)
  client.recorded
end

# A payout is looked up by one of two query parameters, and that value is signed.
def lookup_value(url)
  values = URI.decode_www_form(URI(url).query.to_s).filter_map { |name, value| value if %w[uuid external_id].include?(name) }
  raise Refused, 'a payout is looked up by uuid or by external_id' unless values.size == 1

  values.first
end

# ---- Sending: net/http does all but open the connection, which ends in this process instead of at the URL's host

class RecordedHTTP < Net::HTTP
  attr_reader :recorded

  private

  # In place of a socket, and TLS over it where the URL says https: one end of a pair.
  def connect
    near, far = UNIXSocket.pair
    @recorder = Thread.new { record(far) }
    @socket = Net::BufferedIO.new(near, read_timeout: @read_timeout, write_timeout: @write_timeout,
                                        continue_timeout: @continue_timeout, debug_output: nil)
  end

  def record(wire)
    method, target = wire.gets("\r\n", chomp: true).split(' ', 2)
    headers = {}
    until (line = wire.gets("\r\n", chomp: true)).empty?
      name, value = line.split(':', 2)
      headers[name.downcase] = [headers[name.downcase], text(value.strip)].compact.join(', ')
    end
    body = wire.read(headers.fetch('content-length', 0).to_i)
    @recorded = {
      method: method,
      url: "#{use_ssl? ? 'https' : 'http'}://#{headers['host']}#{text(target.delete_suffix(' HTTP/1.1'))}",
      body: body.empty? ? nil : Base64.strict_encode64(body),
      headers: headers
    }
    wire.write("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
  ensure
    wire.close
  end
end

# Octets as text of one code point each, which is how the protocol carries header values.
def text(octets)
  octets.dup.force_encoding('ISO-8859-1').encode('UTF-8')
end

# ---- The protocol

FORMS = %w[request card_details payout_card_details payout_lookup response webhook].freeze

# What the libraries raise for input that they decline. Of JSON's errors the text would quote the input.
REFUSALS = [Refused, OpenSSL::PKey::PKeyError, JSON::JSONError, URI::Error, ArgumentError].freeze

KEYS = {} # name => { 'private' => key or nil, 'public' => key }

def hello
  {
    protocol: 1,
    implementation: {
      name: 'ruby',
      version: RUBY_VERSION,
      language: 'Ruby',
      runtime: "Ruby #{RUBY_VERSION}, json #{JSON::VERSION}, openssl #{OpenSSL::VERSION}, #{OpenSSL::OPENSSL_LIBRARY_VERSION}",
      url: 'https://www.ruby-lang.org/'
    },
    supports: { message: FORMS, sign: FORMS, verify: FORMS, build: FORMS, minify: true, load_key: true },
    max_inflight: 8
  }
end

def take_key(command)
  private_pem = command['private_pem']
  KEYS[command['name']] = { 'private' => private_pem && load_key(private_pem), 'public' => load_key(command['public_pem']) }
  { ok: true }
end

def key(op, half)
  KEYS.fetch(op['key'])[half] or raise "no #{half} key of that name"
end

# The octets of a base64 field, as UTF-8 text.
def octets(op, field)
  op[field] && Base64.strict_decode64(op[field]).force_encoding('UTF-8')
end

def operate(op)
  op['body'] = octets(op, 'body')
  case op['op']
  when 'noop' then {}
  when 'message' then { value: Base64.strict_encode64(payload(op['form'], op)) }
  when 'sign' then { signature: sign(payload(op['form'], op), key(op, 'private')) }
  when 'verify'
    { valid: verify(payload(op['form'], op), op['signature'].encode('ISO-8859-1').b, key(op, 'public')) }
  when 'minify' then { value: Base64.strict_encode64(minify(octets(op, 'text'))) }
  when 'load_key' then { fingerprint: fingerprint(op) }
  when 'build'
    { request: build(op['form'], op['method'], op['url'], octets(op, 'json_text'), op['merchant_id'], key(op, 'private')) }
  else raise Skip, 'no such op'
  end
end

def fingerprint(op)
  key = load_key(octets(op, op['private'] ? 'private' : 'public'), op['password'])
  Digest::SHA256.hexdigest(key.public_to_der)
end

def answer(command)
  case command['cmd']
  when 'hello' then hello
  when 'key' then take_key(command)
  when 'op' then operate(command)
  else raise 'no command of the protocol'
  end
rescue Skip => e
  { skip: e.message }
rescue *REFUSALS => e
  { refused: e.is_a?(JSON::ParserError) && !e.is_a?(JSON::NestingError) ? e.class.name : "#{e.class}: #{e.message}" }
rescue StandardError, SystemStackError => e
  { error: { kind: e.class.name, message: e.message } }
end

def render(told)
  told = told.transform_values { |value| value.is_a?(String) ? value.scrub : value }
  JSON.generate(told, ascii_only: true)
end

$stdout.sync = true
$stdin.each_line do |line|
  begin
    command = JSON.parse(line)
  rescue JSON::JSONError
    command = nil # the error would quote the line, and a line may hold a key
  end
  command = {} unless command.is_a?(Hash)
  break if command['cmd'] == 'bye'

  told = answer(command)
  told = { id: command['id'] }.merge(told) if command['id'].is_a?(String)
  puts render(told)
end
