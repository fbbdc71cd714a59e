// A merchant's Node behind the harness protocol: JSON.parse, JSON.stringify, node:crypto and fetch, at their defaults.
// See README.md.

import * as crypto from 'node:crypto';
import * as http from 'node:http';
import * as net from 'node:net';

import { payload } from './message.mjs';
import { forms, Refused, refusing, serve, Skip } from './protocol.mjs';

// ---- The merchant: what the API document asks for, in JavaScript

const sign = (message, key) => crypto.sign('sha256', message, key).toString('base64');

const verify = (message, header, key) => crypto.verify('sha256', message, key, Buffer.from(header, 'base64'));

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('JSON.parse: SyntaxError'); // the message would quote the text
  }
}

const minify = (text) => Buffer.from(JSON.stringify(parse(text)));

const privateKey = (pem, passphrase) => refusing(() => crypto.createPrivateKey({ key: pem, passphrase }));
const publicKey = (pem) => refusing(() => crypto.createPublicKey(pem));

const spki = (key) => (key.type === 'private' ? crypto.createPublicKey(key) : key).export({ type: 'spki', format: 'der' });

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

serve({
  implementation: {
    name: 'node',
    version: process.versions.node,
    language: 'JavaScript',
    runtime: `Node ${process.versions.node}, V8 ${process.versions.v8}, undici ${process.versions.undici}, `
      + `OpenSSL ${process.versions.openssl}`,
    url: 'https://nodejs.org/',
  },
  supports: { message: forms, sign: forms, verify: forms, build: forms, minify: true, load_key: true },
  maxInflight: 64,
  privateKey,
  publicKey,
  spki,
  payload,
  sign,
  verify,
  minify,
  build,
});
