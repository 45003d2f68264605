<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/**
 * A webhook scheme of your own. What is null is as for HMAC-SHA256 of the body in hex in one header. The names that may stand
 * where the library offers a choice are in `ffi-c/include/countermark.h` at `countermark_scheme_spec`.
 */
final class SchemeSpec
{
    public function __construct(
        /** Your name for the scheme; part of every replay key. */
        public readonly string $id,
        /** Comma list of the headers with signatures; exactly one of this and `signatureParameter` is set. */
        public readonly ?string $signatureHeader = null,
        /** The query parameter with the signature. */
        public readonly ?string $signatureParameter = null,
        /** What stands before the signature, such as `sha256=`. */
        public readonly ?string $prefix = null,
        /** The one ASCII character that splits a list of labelled elements. */
        public readonly ?string $separator = null,
        /** `hex`, `base64`, `base64url`, `base64url_padded`. */
        public readonly ?string $encoding = null,
        /** `hmac`, `hash`, `token`, `ed25519`, `ecdsa_p256`, `rsa_sha256`. */
        public readonly ?string $digest = null,
        /** `sha1`, `sha256`, `sha512`. */
        public readonly ?string $hash = null,
        public readonly ?KeyEncoding $key = null,
        /** The signed bytes as a template, such as `{id}.{timestamp}.{body}`. */
        public readonly ?string $signed = null,
        /** How `{url}` is written: `exact`, `any_port`, `hubspot`. */
        public readonly ?string $url = null,
        /** The header with the message id. */
        public readonly ?string $idHeader = null,
        /** The header with the time. */
        public readonly ?string $timeHeader = null,
        /** The label of the time in the signature header, such as `t=`. */
        public readonly ?string $timeLabel = null,
        /** The query parameter with the time. */
        public readonly ?string $timeParameter = null,
        /** The member of the JSON body with the time. */
        public readonly ?string $timeJson = null,
        /** `seconds`, `milliseconds`, `rfc3339`, `imf_fixdate`. */
        public readonly ?string $timeUnit = null,
        /** `{query}` and `{form}`: only names that start so. */
        public readonly ?string $pairsOnly = null,
        /** Comma list of names that are left out. */
        public readonly ?string $pairsExcept = null,
        /** `decoded`, `percent`, `form`, `url_standard`, `underscore`. */
        public readonly ?string $pairsText = null,
        /** What stands between name and value. */
        public readonly ?string $pairsEquals = null,
        /** What stands between pairs. */
        public readonly ?string $pairsJoin = null,
        /** `refuse`, `arrays`, `comma`, `unique`. */
        public readonly ?string $pairsRepeats = null,
        /** Oldest accepted time. */
        public readonly ?int $maxAgeSeconds = null,
        /** How far a time may lie ahead. */
        public readonly ?int $maxFutureSeconds = null,
    ) {
    }
}
