<?php

declare(strict_types=1);

namespace Countermark\Webhook;

use Countermark\Error\ErrorCode;

/** What an explainer found. It holds no secret, no MAC and no part of the body. */
final class Explanation
{
    /**
     * @param ?ErrorCode $error what the verifier says; null when it accepts the request
     * @param string $keyId the key that matched; empty when the request is refused
     * @param list<Cause> $causes the surest first
     * @param list<Check> $checks the checks of the verifier in their order
     * @param bool $complete whether every idea was tried
     * @param int $bodyLength that of the body that arrived, in bytes
     * @param string $bodySha256 SHA-256 of the body that arrived, in lower-case hex: that of the body that was sent tells whether something
     *     on the way changed it
     */
    public function __construct(
        public readonly ?ErrorCode $error,
        public readonly string $keyId,
        public readonly array $causes,
        public readonly array $checks,
        public readonly bool $complete,
        public readonly int $bodyLength,
        public readonly string $bodySha256,
    ) {
    }
}
