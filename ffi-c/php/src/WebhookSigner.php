<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\SignedWebhook;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Psr\Clock\ClockInterface;

/** Signs webhooks of one scheme. */
final class WebhookSigner
{
    private readonly Handle $handle;

    private readonly Clock $clock;

    /**
     * @param string|SchemeSpec $scheme the id of a scheme, such as `stripe`, or a scheme of your own
     * @param array<array-key, WebhookKey> $keys secrets, or private keys; several where the scheme carries several signatures
     * @throws CountermarkExceptionInterface UNKNOWN_SCHEME, INVALID_CONFIG, INVALID_SECRET, UNSUPPORTED
     */
    public function __construct(string|SchemeSpec $scheme, array $keys, ?ClockInterface $clock = null)
    {
        $this->handle = Native::library()->webhookSignerNew($scheme, $keys);
        $this->clock = new Clock($clock);
    }

    /**
     * @param ?string $messageId needed by schemes that sign one
     * @throws CountermarkExceptionInterface MISSING_CONTEXT, MISSING_PARAMETER, MISSING_HEADER, MALFORMED_BODY, INVALID_INPUT, UNSUPPORTED
     */
    public function sign(WebhookRequest $request, #[\SensitiveParameter] string $body, ?string $messageId = null): SignedWebhook
    {
        return Native::library()->webhookSign($this->handle, $request, $body, $messageId, $this->clock->nowMs());
    }
}
