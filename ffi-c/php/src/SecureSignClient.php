<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\CurlTransport;
use Countermark\Http\Driver;
use Countermark\Http\Transport;
use Countermark\SecureSign\Platform;
use Countermark\SecureSign\SecureSignCall;
use Countermark\SecureSign\SecureSignConfig;
use Countermark\SecureSign\SecureSignHint;
use Countermark\SecureSign\SecureSignPending;
use Countermark\SecureSign\SecureSignRequest;
use Countermark\SecureSign\SecureSignResult;
use Countermark\SecureSign\SecureSignSession;
use Countermark\SecureSign\SecureSignValidation;
use Countermark\Store\Once;
use Countermark\Store\ReplayStore;
use Psr\Clock\ClockInterface;

/** Asks SecureSign for signatures, and checks what comes back. Nothing is sent twice. */
final class SecureSignClient
{
    private readonly Handle $handle;

    private readonly Clock $clock;

    /**
     * @param ?Transport $transport without it, `CurlTransport`
     * @throws CountermarkExceptionInterface INVALID_SECRET, WRONG_ENVIRONMENT, INVALID_URL, INVALID_CONFIG
     */
    public function __construct(
        SecureSignConfig $config,
        private readonly ?Transport $transport = null,
        ?ClockInterface $clock = null,
    ) {
        $this->handle = Native::library()->secureSignClientNew($config);
        $this->clock = new Clock($clock);
    }

    /**
     * Asks whether key, tenant and origin are good.
     *
     * @param string $origin what the visitor's browser sends as `Origin`
     * @throws CountermarkExceptionInterface INVALID_ORIGIN, INVALID_INPUT; and what the server says
     */
    public function validate(string $origin, Platform $platform): SecureSignValidation
    {
        return $this->driven($this->startValidate($origin, $platform))->validation();
    }

    /**
     * Opens a signing session. Keep its `pending` on the server until the callback comes.
     *
     * @throws CountermarkExceptionInterface INVALID_INPUT with the name of the field; and what the server says
     */
    public function session(SecureSignRequest $request): SecureSignSession
    {
        return $this->driven($this->startSession($request))->session();
    }

    /** `validate` as a step machine, for event loops. */
    public function startValidate(string $origin, Platform $platform): SecureSignCall
    {
        return new SecureSignCall(Native::library()->secureSignValidate($this->handle, $origin, $platform));
    }

    /** `session` as a step machine, for event loops. */
    public function startSession(SecureSignRequest $request): SecureSignCall
    {
        return new SecureSignCall(Native::library()->secureSignOpenSession($this->handle, $request));
    }

    /**
     * Builds a deep link without the server.
     *
     * @param bool $withApiKey puts the key in, as the vendor's page has it; a live key never
     * @throws CountermarkExceptionInterface INVALID_INPUT; SECRET_IN_DEEP_LINK for a live key
     */
    public function deepLink(SecureSignRequest $request, bool $withApiKey = false): string
    {
        return Native::library()->secureSignDeepLink($this->handle, $request, $withApiKey);
    }

    /**
     * Checks a callback against the request that was stored under its id. Whoever hands the certificate in vouches for it.
     *
     * @param string $certificateDer the certificate of the signer
     * @param ?ReplayStore $store makes a second callback for the same request ALREADY_CONSUMED; without it, add the once
     *     key yourself before acting on the result
     * @throws CountermarkExceptionInterface UNKNOWN_REQUEST for another id; SESSION_EXPIRED; UNVERIFIED; what the callback
     *     claims if it claims an error; INVALID_INPUT for a stored digest of another length and, like UNSUPPORTED, for the
     *     certificate
     */
    public function complete(
        SecureSignHint $hint,
        SecureSignPending $pending,
        string $certificateDer,
        ?ReplayStore $store = null,
    ): SecureSignResult {
        $nowMs = $this->clock->nowMs();
        $result = Native::library()->secureSignComplete($this->handle, $hint->handle(), $pending, $certificateDer, $nowMs);
        if ($store !== null) {
            (new Once($store))->take($result->onceKey->key, $result->onceKey->ttlSeconds, ErrorCode::AlreadyConsumed);
        }
        return $result;
    }

    private function driven(SecureSignCall $call): SecureSignCall
    {
        (new Driver($this->transport ?? new CurlTransport(), $this->clock))->run($call);
        return $call;
    }
}
