<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** An HTTP answer. Send `X-Content-Type-Options: nosniff` with it, since a body may repeat what was sent. */
final class WebhookAnswer
{
    public function __construct(
        public readonly int $status,
        /** Empty for none. */
        public readonly string $contentType,
        public readonly string $body,
    ) {
    }
}
