<?php

declare(strict_types=1);

namespace Countermark\Webhook;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Native;

/** What the table says about a scheme, and what its sender expects as answers. */
final class WebhookScheme
{
    /**
     * @internal
     * @param list<string> $signatureHeaders
     * @param list<string> $covers
     */
    public function __construct(
        public readonly string $id,
        /** The name for people. */
        public readonly string $title,
        /** Where the facts come from. */
        public readonly string $source,
        /** A weakness that no verifier can mend; may be empty. */
        public readonly string $weakness,
        /** The signed bytes as a template. */
        public readonly string $signed,
        /** What the signature is, such as `hmac`. */
        public readonly string $digest,
        /** How keys are written, such as `utf8`. */
        public readonly string $key,
        public readonly array $signatureHeaders,
        public readonly array $covers,
        /** Oldest accepted time in seconds; null for a scheme without signed time. */
        public readonly ?int $maxAgeSeconds,
        /** How far a time may lie ahead; null for a scheme without signed time. */
        public readonly ?int $maxFutureSeconds,
    ) {
    }

    /** @return list<self> every scheme of the table */
    public static function all(): array
    {
        return Native::library()->webhookSchemes();
    }

    /** When the handshake of a scheme is to be answered; null if it has none. */
    public static function handshakeOrder(string $scheme): ?HandshakeOrder
    {
        return Native::library()->webhookHandshakeOrder($scheme);
    }

    /**
     * The answer to a handshake; null if the request is not one. Mind the order.
     *
     * @param ?string $secret Zoom's secret token, the verify token that was typed in at Meta, Notion's verification token
     * @throws CountermarkExceptionInterface MISSING_CONTEXT without the secret; SIGNATURE_MISMATCH for another verify token;
     *     and what is wrong with the request
     */
    public static function answerHandshake(
        string $scheme,
        #[\SensitiveParameter]
        ?string $secret,
        WebhookRequest $request,
        string $body = '',
    ): ?WebhookAnswer {
        return Native::library()->webhookHandshakeAnswer($scheme, $secret, $request, $body);
    }

    /**
     * The secret that a handshake hands over, for an operator to confirm at the sender; so far Notion's only. It comes
     * unsigned: take it only while none is configured.
     */
    public static function handshakeSecret(string $scheme, #[\SensitiveParameter] string $body): ?string
    {
        return Native::library()->webhookHandshakeSecret($scheme, $body);
    }

    /** The HTTP status that the sender of a scheme expects for an error. */
    public static function errorStatus(string $scheme, ErrorCode $code): int
    {
        return Native::library()->webhookErrorStatus($scheme, $code->value);
    }

    /** The answer to a webhook that was taken. */
    public static function success(string $scheme): WebhookAnswer
    {
        return Native::library()->webhookSuccess($scheme);
    }
}
