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
     */
    public function __construct(
        public readonly ?ErrorCode $error,
        public readonly string $keyId,
        public readonly array $causes,
        public readonly array $checks,
        public readonly bool $complete,
    ) {
    }
}
