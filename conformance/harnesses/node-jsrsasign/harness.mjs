// A merchant's Node with jsrsasign from npm behind the harness protocol: signing, verifying and loading keys. See README.md.

import { payload } from '../node/message.mjs';
import { npmPackage } from '../node/npm.mjs';
import { forms, Refused, refusing, serve } from '../node/protocol.mjs';

const { library, version } = npmPackage('jsrsasign');
const { b64tohex, hextob64, KEYUTIL, KJUR, pemtohex, RSAKey } = library;

// ---- The merchant, as jsrsasign's documentation signs and verifies

/** A signature object that has been given a key and all of the message. */
function taken(message, key) {
  const signature = new KJUR.crypto.Signature({ alg: 'SHA256withRSA' });
  signature.init(key);
  signature.updateHex(message.toString('hex'));
  return signature;
}

const sign = (message, key) => hextob64(taken(message, key).sign());

const verify = (message, header, key) => Boolean(taken(message, key).verify(b64tohex(header))); // one no is 0

/** KEYUTIL.getKey takes private and public keys alike, of more kinds than RSA. */
function key(pem, password) {
  const found = refusing(() => KEYUTIL.getKey(pem.toString(), password));
  if (!(found instanceof RSAKey)) throw new Refused('not an RSA key');
  return found;
}

/** getPEM writes what a key is; of a private one the public half is made anew. */
function spki({ n, e }) {
  const half = KEYUTIL.getKey({ n: n.toString(16), e: e.toString(16) });
  return Buffer.from(pemtohex(KEYUTIL.getPEM(half)), 'hex');
}

// ---- The protocol

serve({
  implementation: {
    name: 'node-jsrsasign',
    version,
    language: 'JavaScript',
    runtime: `jsrsasign ${version}, Node ${process.versions.node}`,
    url: 'https://www.npmjs.com/package/jsrsasign',
  },
  supports: { sign: forms, verify: forms, load_key: true },
  maxInflight: 8,
  privateKey: key,
  publicKey: key,
  spki,
  payload,
  sign,
  verify,
});
