// The harness protocol for JavaScript: lines in, lines out. What they put to the test is given to `serve`.
// Standard input: one command a line. Standard output: one answer a line, and nothing else.

import { createHash } from 'node:crypto';

/** The input was understood and declined. */
export class Refused extends Error {}
/** This one cannot be done. */
export class Skip extends Error {}

export const forms = ['request', 'card_details', 'payout_card_details', 'payout_lookup', 'response', 'webhook'];

/** Runs what a library may refuse: what it throws then is its clean no. */
export function refusing(act) {
  try {
    return act();
  } catch (error) {
    throw new Refused(error instanceof Error ? `${error.code ?? error.name}: ${error.message}` : String(error));
  }
}

/** Answers commands until a bye or the end of the input. `harness` has
 *
 *  - `implementation`, `supports`, `maxInflight`: what hello answers
 *  - `privateKey(file, password)`, `publicKey(file)`: a key of the library's own, of a PEM text or a file's bytes
 *  - `spki(key)`: the DER of either key's public half
 *  - `payload(form, fields)`, `sign(message, privateKey)`, `verify(message, header, publicKey)`, `minify(text)`,
 *    `build(form, method, url, json, merchantId, privateKey)` (a promise): what the ops in `supports` need, bytes as Buffers
 */
export function serve(harness) {
  const keys = new Map(); // name => { private, public }
  let rest = ''; // of a line that is not whole yet
  process.stdin.setEncoding('utf8').on('data', (chunk) => {
    rest += chunk;
    if (!chunk.includes('\n')) return;
    const lines = rest.split('\n');
    rest = lines.pop();
    answerAll(lines, harness, keys);
  });
}

/** Answers lines; those that are answered at once are written together. */
function answerAll(lines, harness, keys) {
  let output = '';
  for (const line of lines) {
    const told = answer(line, harness, keys);
    if (told === null) {
      process.stdout.write(output, () => process.exit());
      return;
    }
    if (told instanceof Promise) told.then((late) => process.stdout.write(render(late)));
    else output += render(told);
  }
  process.stdout.write(output);
}

/** The answer to a line, or a promise of it; null to a `bye`. */
function answer(line, harness, keys) {
  let command;
  try {
    command = JSON.parse(line);
  } catch {
    command = null; // the error would quote the line, and a line may hold a key
  }
  try {
    switch (command?.cmd) {
      case 'hello': return hello(harness);
      case 'key': return takeKey(command, harness, keys);
      case 'bye': return null;
      case 'op': break;
      default: throw new Error('no command of the protocol');
    }
    const done = operate(command, harness, keys);
    if (!(done instanceof Promise)) return { id: command.id, ...done };
    return done.catch(failure).then((late) => ({ id: command.id, ...late }));
  } catch (error) {
    return { id: command?.id, ...failure(error) };
  }
}

const hello = ({ implementation, supports, maxInflight }) => (
  { protocol: 1, implementation, supports, max_inflight: maxInflight }
);

function takeKey({ name, private_pem: privatePem, public_pem: publicPem }, harness, keys) {
  keys.set(name, {
    private: privatePem === null ? undefined : harness.privateKey(privatePem),
    public: harness.publicKey(publicPem),
  });
  return { ok: true };
}

const bytes = (text) => Buffer.from(text, 'base64');

/** The answer to an op, without its id; for `build` a promise of it. */
function operate(op, harness, keys) {
  const key = (half) => {
    const found = keys.get(op.key)?.[half];
    if (!found) throw new Error(`no ${half} key of that name`);
    return found;
  };
  if (op.op === 'noop') return {};
  if (!harness.supports[op.op]) throw new Skip('no such op');
  if (op.body !== undefined) op.body = bytes(op.body);
  switch (op.op) {
    case 'message': return { value: harness.payload(op.form, op).toString('base64') };
    case 'sign': return { signature: harness.sign(harness.payload(op.form, op), key('private')) };
    case 'verify': return { valid: harness.verify(harness.payload(op.form, op), op.signature, key('public')) };
    case 'minify': return { value: harness.minify(bytes(op.text)).toString('base64') };
    case 'load_key': return { fingerprint: fingerprint(op, harness) };
    case 'build': {
      const json = op.json_text === undefined ? undefined : bytes(op.json_text);
      return harness.build(op.form, op.method, op.url, json, op.merchant_id, key('private'))
        .then((request) => ({ request }));
    }
    default: throw new Skip('no such op');
  }
}

function fingerprint(op, harness) {
  const key = op.private === undefined
    ? harness.publicKey(bytes(op.public))
    : harness.privateKey(bytes(op.private), op.password ?? undefined);
  return createHash('sha256').update(harness.spki(key)).digest('hex');
}

function failure(error) {
  if (error instanceof Refused) return { refused: error.message };
  if (error instanceof Skip) return { skip: error.message };
  return { error: { kind: error.code ?? error.name, message: error.message } };
}

/** An answer as a line of ASCII. */
const render = (told) => JSON.stringify(told)
  .replace(/[\u007f-\uffff]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0')) + '\n';
