<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Store\Once;
use Countermark\Store\ReplayStore;
use Countermark\Webhook\Coverage;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\VerifiedWebhook;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Psr\Clock\ClockInterface;

/** Verifies webhooks of one scheme. */
final class WebhookVerifier
{
    /** Its id; empty for a scheme of your own. */
    public readonly string $scheme;

    /** The longest body, where the options say one. */
    public readonly ?int $maxBodyBytes;

    private readonly Handle $handle;

    private readonly Native $library;

    /** None: that of the system. */
    private readonly ?Clock $clock;

    private readonly ?Once $once;

    private readonly Coverage $coverage;

    /** @var \WeakMap<CountermarkExceptionInterface, string> the keys of the copies that were refused */
    private \WeakMap $copies;

    /**
     * @param string|SchemeSpec $scheme the id of a scheme, such as `stripe`, or a scheme of your own
     * @param array<array-key, WebhookKey> $keys tried in order; several during a rotation
     * @param ?ReplayStore $store makes `verify` refuse a second copy; without it, reserve the replay key yourself
     * @param ?int $keepSeconds how long the store keeps a message of a scheme that signs no time: such a message would be
     *     accepted for ever, so that a store needs this number
     * @throws CountermarkExceptionInterface UNKNOWN_SCHEME, INVALID_CONFIG, INVALID_SECRET, UNSUPPORTED
     */
    public function __construct(
        string|SchemeSpec $scheme,
        array $keys,
        ?WebhookOptions $options = null,
        ?ReplayStore $store = null,
        private readonly ?int $keepSeconds = null,
        ?ClockInterface $clock = null,
    ) {
        $this->library = Native::library();
        $options ??= new WebhookOptions();
        $this->scheme = \is_string($scheme) ? $scheme : '';
        $this->maxBodyBytes = $options->maxBodyBytes;
        $this->handle = $this->library->webhookVerifierNew($scheme, $keys, $options);
        $this->clock = $clock === null ? null : new Clock($clock);
        $this->coverage = new Coverage($this->handle);
        $this->once = $store === null ? null : new Once($store);
        $this->copies = new \WeakMap();
        if ($keepSeconds !== null || ($store !== null && $this->needsKeep())) {
            // What the library refuses is said now, and not when the first message has come.
            $this->library->webhookKeepUntilMs(null, $keepSeconds, 0);
        }
    }

    /**
     * Verifies a request.
     *
     * @param string $body the raw bytes, never decoded and written again
     * @throws CountermarkExceptionInterface the first fault, of the 2xxx and 3xxx; the sender gets only its public message
     */
    public function verify(WebhookRequest $request, #[\SensitiveParameter] string $body): VerifiedWebhook
    {
        if ($this->once !== null) {
            $webhook = $this->authenticate($request, $body);
            $this->take($webhook);
            return $webhook;
        }
        // A call costs as much as the reading of the clock.
        $nowMs = $this->clock?->nowMs() ?? (int) (\microtime(true) * 1000);
        $this->library->webhookCheck($this->handle, $request, $body, $nowMs);
        return new VerifiedWebhook($this->coverage, $request, $body, $nowMs);
    }

    /**
     * `verify` in two steps, for the middleware: between them stands the handshake, which takes no key and may come again.
     *
     * @internal
     */
    public function authenticate(WebhookRequest $request, #[\SensitiveParameter] string $body): VerifiedWebhook
    {
        $nowMs = $this->nowMs();
        return new VerifiedWebhook($this->coverage, $request, $body, $nowMs, $this->library->webhookFacts($this->handle, $request, $body, $nowMs));
    }

    /**
     * The second step: takes the key.
     *
     * @internal
     */
    public function take(VerifiedWebhook $webhook): void
    {
        if ($this->once !== null) {
            $this->reserve($this->once, $webhook->replayKey(), $webhook->replayUntilMs(), $this->nowMs());
        }
    }

    /**
     * Verifies this web request, for sites without PSR-7. PHP keeps the bytes of `multipart/form-data` only where
     * `enable_post_data_reading` is off.
     *
     * @param ?string $origin the site's own origin as senders call it, for the schemes that sign the URL
     * @throws CountermarkExceptionInterface as `verify`, and as `siteOrigin`
     */
    public function verifyGlobals(?string $origin = null): VerifiedWebhook
    {
        return $this->verify(WebhookRequest::fromGlobals($this->siteOrigin($origin)), (string) \file_get_contents('php://input'));
    }

    /**
     * Keeps the message's key after its work is done, so that a copy is answered as it was.
     *
     * @return ?CountermarkExceptionInterface why the store cannot remember it, for the log: the work is done all the same, and copies go on
     *     being refused
     */
    public function commit(VerifiedWebhook $webhook): ?CountermarkExceptionInterface
    {
        $key = $this->once === null ? null : $webhook->replayKey();
        try {
            if ($key !== null) {
                $this->once?->commit($key);
            }
            return null;
        } catch (CountermarkExceptionInterface $failed) {
            return $failed;
        }
    }

    /**
     * Whether `verify` refused a copy of a message whose work is done: answer `WebhookScheme::success`, or the sender will try on, and in the
     * end give up. Else, and while the store cannot tell, the first may fail yet, and the sender must try again.
     */
    public function isCommitted(CountermarkExceptionInterface $refused): bool
    {
        $key = $this->copies[$refused] ?? null;
        try {
            return $key !== null && $this->once?->isCommitted($key) === true;
        } catch (CountermarkExceptionInterface) {
            return false;
        }
    }

    /** Frees the message's key after its work has failed, so that the sender may try again. */
    public function release(VerifiedWebhook $webhook): void
    {
        $key = $this->once === null ? null : $webhook->replayKey();
        if ($key !== null) {
            $this->once?->free($key);
        }
    }

    /** @return list<string> the ids of keys that could not be used: tell the operator */
    public function unusableKeys(): array
    {
        return $this->library->webhookUnusableKeys($this->handle);
    }

    /** Whether a store needs `keepSeconds`: the scheme signs no time, or it is not checked. Not for a token, which has no key. */
    public function needsKeep(): bool
    {
        return $this->library->webhookNeedsKeep($this->handle);
    }

    /**
     * Checks the origin that a site is configured with, `https://host[:port]` or `http://…`, and perhaps a prefix of the path that a proxy takes
     * away. For adapters of web frameworks.
     *
     * @return string what stands before the path in the URL that senders call; empty where none is needed and none is given
     * @throws CountermarkExceptionInterface INVALID_CONFIG for a text that is no origin, and for none where the scheme signs the URL
     */
    public function siteOrigin(?string $origin): string
    {
        return $this->library->webhookSiteOrigin($this->handle, $origin);
    }

    private function nowMs(): int
    {
        return $this->clock?->nowMs() ?? (int) (\microtime(true) * 1000);
    }

    private function reserve(Once $once, ?string $key, ?int $replayUntilMs, int $nowMs): void
    {
        if ($key === null) {
            return;
        }
        $untilMs = $this->library->webhookKeepUntilMs($replayUntilMs, $this->keepSeconds, $nowMs);
        try {
            $once->reserve($key, $untilMs, $nowMs, ErrorCode::Replayed);
        } catch (CountermarkExceptionInterface $refused) {
            if ($refused->errorCode() === ErrorCode::Replayed) {
                $this->copies[$refused] = $key;
            }
            throw $refused;
        }
    }
}
