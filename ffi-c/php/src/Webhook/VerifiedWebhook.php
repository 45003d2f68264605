<?php

declare(strict_types=1);

namespace Countermark\Webhook;

use Countermark\Native;

/** A webhook whose signature and time are good. Made by a `WebhookVerifier` only. */
final class VerifiedWebhook
{
    // Not readonly, and without types of their own, which are those of the constructor: PHP takes longer to check them than to hash.

    /** @var Coverage */
    private $coverage;

    /** @var WebhookRequest */
    private $request;

    /** @var string */
    private $received;

    /** @var int */
    private $nowMs;

    /** @var ?VerifiedFacts */
    private $facts;

    /** @internal */
    public function __construct(
        Coverage $coverage,
        WebhookRequest $request,
        #[\SensitiveParameter]
        string $received,
        int $nowMs,
        ?VerifiedFacts $facts = null,
    ) {
        $this->coverage = $coverage;
        $this->request = $request;
        $this->received = $received;
        $this->nowMs = $nowMs;
        $this->facts = $facts;
    }

    /** The body, where the signature covers it; else empty. */
    public function body(): string
    {
        return $this->coversBody() ? $this->received : '';
    }

    /** The body where the signature does *not* cover it. Anybody on the way may have written it. */
    public function unsignedBody(): string
    {
        return $this->coversBody() ? '' : $this->received;
    }

    /** The id of the scheme. */
    public function scheme(): string
    {
        return $this->facts()->scheme;
    }

    /** The id of the key that matched. */
    public function keyId(): string
    {
        return $this->facts()->keyId;
    }

    /** The message id, where the scheme signs one. */
    public function messageId(): ?string
    {
        return $this->facts()->messageId;
    }

    /** The signed time, Unix milliseconds, where the scheme signs one. */
    public function timestampMs(): ?int
    {
        return $this->facts()->timestampMs;
    }

    /** @return list<string> the names of what the signature covers, such as `body`; none for a static token */
    public function covers(): array
    {
        return $this->facts()->covers;
    }

    /** @return list<array{string, string}> the parameters or fields that the signature covers, for schemes that sign some of them */
    public function fields(): array
    {
        return $this->facts()->fields;
    }

    /** The key under which a second copy is known; null for a static token, which identifies no message. */
    public function replayKey(): ?string
    {
        return $this->facts()->replayKey;
    }

    /** Until when to keep it, Unix milliseconds; null when no time was checked, so that a copy would be accepted for ever. */
    public function replayUntilMs(): ?int
    {
        return $this->facts()->replayUntilMs;
    }

    private function coversBody(): bool
    {
        return $this->coverage->body ??= $this->facts()->coversBody;
    }

    /** The same question again gives the same answer, now with all that it says: most callers want the body only. */
    private function facts(): VerifiedFacts
    {
        return $this->facts ??= Native::library()->webhookFacts($this->coverage->verifier, $this->request, $this->received, $this->nowMs);
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['scheme' => $this->scheme(), 'keyId' => $this->keyId(), 'body' => '[redacted]'];
    }

    /**
     * What was written down elsewhere was verified by nobody.
     *
     * @param array<mixed> $data
     * @return never
     */
    public function __unserialize(array $data): void
    {
        throw new \LogicException('only a verifier makes a verified value');
    }
}
