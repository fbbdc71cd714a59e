// A merchant's Node behind the harness protocol: JSON.parse, JSON.stringify, node:crypto and fetch, at their defaults.
// Standard input: one command a line. Standard output: one answer a line, and nothing else. See README.md.

import * as crypto from 'node:crypto';
import * as http from 'node:http';
import * as net from 'node:net';

class Refused extends Error {}
class Skip extends Error {}

// ---- The merchant: what the API document asks for, in JavaScript

/** The bytes to sign. A webhook and a response sign their body alone. */
function payload(form, fields) {
  switch (form) {
    case 'request': return Buffer.concat([Buffer.from(fields.method + fields.url), fields.body]);
    case 'card_details': return Buffer.from(fields.transaction_id);
    case 'payout_card_details':
      return Buffer.from(fields.transaction_id + fields.card_number.slice(0, 6) + fields.card_number.slice(-4));
    case 'payout_lookup': return Buffer.from(fields.value);
    case 'response': case 'webhook': return fields.body;
    default: throw new Skip('no such form');
  }
}

const sign = (message, key) => crypto.sign('sha256', message, key).toString('base64');

const verify = (message, header, key) => crypto.verify('sha256', message, key, Buffer.from(header, 'base64'));

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('JSON.parse: SyntaxError'); // the message would quote the text
  }
}

/** Runs what the library may refuse: what it throws then is its clean no. */
function refusing(act) {
  try {
    return act();
  } catch (error) {
    throw new Refused(`${error.code ?? error.name}: ${error.message}`);
  }
}

const privateKey = (pem, passphrase) => refusing(() => crypto.createPrivateKey({ key: pem, passphrase }));
const publicKey = (pem) => refusing(() => crypto.createPublicKey(pem));

/** The whole of a call: serialise, sign the URL one has, send with fetch. Returns what came over the wire. */
async function build(form, method, url, json, merchantId, key) {
  const data = json === undefined ? undefined : parse(json);
  const body = data === undefined ? undefined : JSON.stringify(data);
  const headers = { 'x-merchant-id': merchantId };
  const signed = (fields) => sign(payload(form, fields), key);
  switch (form) {
    case 'request':
      headers['x-signature'] = signed({ method, url, body: Buffer.from(body ?? '') });
      break;
    case 'card_details':
      headers['x-short-signature'] = signed({ transaction_id: data.transaction_id });
      break;
    case 'payout_card_details':
      headers['x-short-signature'] = signed({ transaction_id: data.transaction_id, card_number: data.number });
      break;
    case 'payout_lookup':
      headers['x-signature'] = signed({ value: lookupValue(url) });
      break;
    case 'response': case 'webhook':
      delete headers['x-merchant-id'];
      headers['x-signature'] = signed({ body: Buffer.from(body ?? '') });
      break;
    default: throw new Skip('no such form');
  }
  if (body !== undefined) headers['content-type'] = 'application/json';
  return send(refusing(() => new Request(url, { method, headers, body })));
}

/** A payout is looked up by one of two query parameters, and that value is signed. */
function lookupValue(url) {
  const query = refusing(() => new URL(url)).searchParams;
  const values = [...query.getAll('uuid'), ...query.getAll('external_id')];
  if (values.length !== 1) throw new Refused('a payout is looked up by uuid or by external_id');
  return values[0];
}

// ---- Sending: fetch does all but open the connection, which goes to a recorder of ours instead of the URL's host

let dispatcher;

async function send(request) {
  dispatcher ??= recording();
  let response;
  try {
    response = await fetch(request, { dispatcher: await dispatcher });
  } catch (error) {
    if (error.cause?.code) throw error; // the connection broke
    throw new Refused(`fetch: ${error.cause?.message ?? error.message}`);
  }
  return response.json();
}

/** An undici Agent, of fetch's own build, that connects to two recorders: one stands for https, one for http. No TLS. */
async function recording() {
  await fetch('data:,'); // only now the global dispatcher is there, whose class we need
  const { constructor: Agent } = globalThis[Symbol.for('undici.globalDispatcher.1')];
  const ports = { 'https:': await recorder('https'), 'http:': await recorder('http') };
  const connect = ({ protocol }, connected) => {
    const socket = net.connect(ports[protocol], '127.0.0.1').once('error', connected).once('connect', () => {
      socket.off('error', connected);
      connected(null, socket);
    });
  };
  return new Agent({ connect });
}

/** Starts a server that answers each request with what it received. Returns its port. */
function recorder(scheme) {
  const server = http.createServer({ maxHeaderSize: 1 << 24 }, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader('connection', 'close').end(JSON.stringify({
      method: request.method,
      url: `${scheme}://${request.headers.host}${request.url}`,
      body: chunks.length ? Buffer.concat(chunks).toString('base64') : null,
      headers: request.headers,
    }));
  });
  server.unref();
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

// ---- The protocol

const forms = ['request', 'card_details', 'payout_card_details', 'payout_lookup', 'response', 'webhook'];
const keys = new Map(); // name => { private, public }

const hello = () => ({
  protocol: 1,
  implementation: {
    name: 'node',
    version: process.versions.node,
    language: 'JavaScript',
    runtime: `Node ${process.versions.node}, V8 ${process.versions.v8}, undici ${process.versions.undici}, `
      + `OpenSSL ${process.versions.openssl}`,
    url: 'https://nodejs.org/',
  },
  supports: { message: forms, sign: forms, verify: forms, build: forms, minify: true, load_key: true },
  max_inflight: 64,
});

function takeKey({ name, private_pem: privatePem, public_pem: publicPem }) {
  keys.set(name, { private: privatePem === null ? undefined : privateKey(privatePem), public: publicKey(publicPem) });
  return { ok: true };
}

const bytes = (text) => Buffer.from(text, 'base64');

/** The answer to an op, without its id; for `build` a promise of it. */
function operate(op) {
  const key = (half) => {
    const found = keys.get(op.key)?.[half];
    if (!found) throw new Error(`no ${half} key of that name`);
    return found;
  };
  if (op.body !== undefined) op.body = bytes(op.body);
  switch (op.op) {
    case 'noop': return {};
    case 'message': return { value: payload(op.form, op).toString('base64') };
    case 'sign': return { signature: sign(payload(op.form, op), key('private')) };
    case 'verify': return { valid: verify(payload(op.form, op), op.signature, key('public')) };
    case 'minify': return { value: Buffer.from(JSON.stringify(parse(bytes(op.text).toString()))).toString('base64') };
    case 'load_key': return { fingerprint: fingerprint(op) };
    case 'build': {
      const json = op.json_text === undefined ? undefined : bytes(op.json_text).toString();
      return build(op.form, op.method, op.url, json, op.merchant_id, key('private')).then((request) => ({ request }));
    }
    default: throw new Skip('no such op');
  }
}

function fingerprint(op) {
  const key = op.private === undefined
    ? publicKey(bytes(op.public))
    : crypto.createPublicKey(privateKey(bytes(op.private), op.password ?? undefined));
  return crypto.createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex');
}

function failure(error) {
  if (error instanceof Refused) return { refused: error.message };
  if (error instanceof Skip) return { skip: error.message };
  return { error: { kind: error.code ?? error.name, message: error.message } };
}

/** The answer to a line, or a promise of it; null to a `bye`. */
function answer(line) {
  let command;
  try {
    command = JSON.parse(line);
  } catch {
    command = null; // the error would quote the line, and a line may hold a key
  }
  try {
    switch (command?.cmd) {
      case 'hello': return hello();
      case 'key': return takeKey(command);
      case 'bye': return null;
      case 'op': break;
      default: throw new Error('no command of the protocol');
    }
    const done = operate(command);
    if (!(done instanceof Promise)) return { id: command.id, ...done };
    return done.catch(failure).then((late) => ({ id: command.id, ...late }));
  } catch (error) {
    return { id: command?.id, ...failure(error) };
  }
}

/** An answer as a line of ASCII. */
const render = (told) => JSON.stringify(told)
  .replace(/[\u007f-\uffff]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0')) + '\n';

/** Answers lines; those that are answered at once are written together. */
function serve(lines) {
  let output = '';
  for (const line of lines) {
    const told = answer(line);
    if (told === null) {
      process.stdout.write(output, () => process.exit());
      return;
    }
    if (told instanceof Promise) told.then((late) => process.stdout.write(render(late)));
    else output += render(told);
  }
  process.stdout.write(output);
}

let rest = ''; // of a line that is not whole yet
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  rest += chunk;
  if (!chunk.includes('\n')) return;
  const lines = rest.split('\n');
  rest = lines.pop();
  serve(lines);
});
