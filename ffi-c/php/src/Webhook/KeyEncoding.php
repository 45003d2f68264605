<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** How a key is written; without it, as the scheme has it. The values are the library's names. */
enum KeyEncoding: string
{
    /** The secret's own bytes. */
    case Utf8 = 'utf8';

    /** Base64 after `whsec_`. */
    case Whsec = 'whsec';
    case Base64 = 'base64';
    case Base64Url = 'base64url';
    case Hex = 'hex';
    case HexKeyHexSalt = 'hexkey:hexsalt';

    /** Public keys, for verifying. */
    case Whpk = 'whpk';
    case Ed25519PublicHex = 'ed25519_public_hex';
    case BotIdEd25519Hex = 'botid:ed25519_hex';
    case SpkiDerBase64 = 'spki_der_base64';
    case WebhookIdX509Pem = 'webhookid:x509_pem';

    /** Private keys, for signing. */
    case Whsk = 'whsk';
    case Ed25519SeedHex = 'ed25519_seed_hex';
    case BotIdEd25519SeedHex = 'botid:ed25519_seed_hex';
    case Pkcs8DerBase64 = 'pkcs8_der_base64';
    case WebhookIdPkcs8DerBase64 = 'webhookid:pkcs8_der_base64';
}
