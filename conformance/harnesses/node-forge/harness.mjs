// A merchant's Node with node-forge from npm behind the harness protocol: signing, verifying and loading keys. See README.md.

import { payload } from '../node/message.mjs';
import { npmPackage } from '../node/npm.mjs';
import { forms, Refused, refusing, serve } from '../node/protocol.mjs';

const { library: forge, version } = npmPackage('node-forge');
const { asn1, pki, util } = forge;

// ---- The merchant, as node-forge's documentation signs and verifies

const hashed = (message) => forge.md.sha256.create().update(message.toString('binary'));

const sign = (message, key) => util.encode64(key.sign(hashed(message)));

/** Where a signature does not fit, forge returns false or throws, as it takes the padding and the DigestInfo apart. */
function verify(message, header, key) {
  const digest = hashed(message).digest().bytes();
  try {
    return key.verify(digest, util.decode64(header));
  } catch {
    return false;
  }
}

function privateKey(pem, password) {
  if (password === undefined) return refusing(() => pki.privateKeyFromPem(pem));
  const key = refusing(() => pki.decryptRsaPrivateKey(pem, password));
  if (key === null) throw new Refused('decryptRsaPrivateKey: null');
  return key;
}

const publicKey = (pem) => refusing(() => pki.publicKeyFromPem(pem));

const spki = ({ n, e }) => Buffer.from(asn1.toDer(pki.publicKeyToAsn1(pki.setRsaPublicKey(n, e))).getBytes(), 'binary');

// ---- The protocol

serve({
  implementation: {
    name: 'node-forge',
    version,
    language: 'JavaScript',
    runtime: `node-forge ${version}, Node ${process.versions.node}`,
    url: 'https://www.npmjs.com/package/node-forge',
  },
  supports: { sign: forms, verify: forms, load_key: true },
  maxInflight: 8,
  privateKey,
  publicKey,
  spki,
  payload,
  sign,
  verify,
});
