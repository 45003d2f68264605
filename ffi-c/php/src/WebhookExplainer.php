<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Webhook\Explanation;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Psr\Clock\ClockInterface;

/**
 * Finds out why webhooks of one configuration fail: for operators and their tools, never for the answer to a sender. It does
 * far more work than a verification.
 */
final class WebhookExplainer
{
    private readonly Handle $handle;

    private readonly Clock $clock;

    /**
     * @param string|SchemeSpec $scheme as for the verifier
     * @param array<array-key, WebhookKey> $keys those that cannot be used are no error here but a cause
     * @throws CountermarkExceptionInterface UNKNOWN_SCHEME, INVALID_CONFIG
     */
    public function __construct(
        string|SchemeSpec $scheme,
        array $keys,
        ?WebhookOptions $options = null,
        ?ClockInterface $clock = null,
    ) {
        $this->handle = Native::library()->webhookExplainerNew($scheme, $keys, $options ?? new WebhookOptions());
        $this->clock = new Clock($clock);
    }

    /** Explains what the verifier says about a request. */
    public function explain(WebhookRequest $request, #[\SensitiveParameter] string $body): Explanation
    {
        return Native::library()->webhookExplain($this->handle, $request, $body, $this->clock->nowMs());
    }
}
