<?php

declare(strict_types=1);

namespace Countermark\Webhook;

use Countermark\Secret;

/** One secret or public key of a webhook. */
final class WebhookKey
{
    use Secret;

    public function __construct(
        /** Your name for the key; reported when it matches. */
        public readonly string $id,
        /** As the sender's console shows it. */
        #[\SensitiveParameter]
        string $secret,
        public readonly ?KeyEncoding $encoding = null,
        /** First moment of validity, Unix milliseconds. */
        public readonly ?int $notBeforeMs = null,
        /** Last moment of validity, Unix milliseconds. */
        public readonly ?int $notAfterMs = null,
    ) {
        $this->hide($id, $secret);
    }
}
