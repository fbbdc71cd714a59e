<?php
// The message of each form: what the API document says is signed.

declare(strict_types=1);

/** The string to sign. A webhook and a response sign their body alone. */
function payload(string $form, array $fields): string
{
    return match ($form) {
        'request' => $fields['method'] . $fields['url'] . $fields['body'],
        'card_details' => $fields['transaction_id'],
        'payout_card_details' => $fields['transaction_id']
            . substr($fields['card_number'], 0, 6) . substr($fields['card_number'], -4),
        'payout_lookup' => $fields['value'],
        'response', 'webhook' => $fields['body'],
    };
}
