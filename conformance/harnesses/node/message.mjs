// The message of each form: what the API document says is signed.

import { Skip } from './protocol.mjs';

/** The bytes to sign. A webhook and a response sign their body alone. */
export function payload(form, fields) {
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
