<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\Query\VerifiedQuery;
use Countermark\Store\Once;
use Countermark\Store\ReplayStore;
use Psr\Clock\ClockInterface;

/** Verifies signed links of one profile. */
final class SignedQueryVerifier
{
    private readonly Handle $handle;

    private readonly Native $library;

    /** None: that of the system. */
    private readonly ?Clock $clock;

    private readonly ?Once $once;

    /**
     * @param array<array-key, QueryKey> $keys tried in order; several during a rotation
     * @param ?string $audience who accepts the query; required for `QueryProfile::V1`
     * @param ?int $maxAgeSeconds oldest accepted query; without it, the library's default
     * @param ?int $maxFutureSeconds how far a signed time may lie ahead; without it, the library's default
     * @param bool $allowEmptyNames whether names may be empty (legacy profile only)
     * @param bool $allowDemoSecret accepts the demo token of the vendor's sample, for tests
     * @param ?ReplayStore $store makes `verify` refuse a second use; without it, reserve the replay key yourself
     * @throws CountermarkExceptionInterface INVALID_SECRET, WEAK_SECRET, INVALID_CONFIG
     */
    public function __construct(
        QueryProfile $profile,
        array $keys,
        ?string $audience = null,
        ?int $maxAgeSeconds = null,
        ?int $maxFutureSeconds = null,
        bool $allowEmptyNames = false,
        bool $allowDemoSecret = false,
        ?ReplayStore $store = null,
        ?ClockInterface $clock = null,
    ) {
        $this->library = Native::library();
        $this->handle = $this->library->queryVerifierNew(
            $profile,
            $keys,
            $audience,
            $maxAgeSeconds,
            $maxFutureSeconds,
            $allowEmptyNames,
            $allowDemoSecret,
        );
        $this->clock = $clock === null ? null : new Clock($clock);
        $this->once = $store === null ? null : new Once($store);
    }

    /**
     * Verifies the raw query without its `?`, exactly as it arrived: `$_SERVER['QUERY_STRING']`, never a rebuilt `$_GET`.
     *
     * @throws CountermarkExceptionInterface the first fault, of the 2xxx and 3xxx; visitors get only its public message
     */
    public function verify(#[\SensitiveParameter] string $query): VerifiedQuery
    {
        // A call costs as much as the reading of the clock.
        $nowMs = $this->clock?->nowMs() ?? (int) (\microtime(true) * 1000);
        $verified = new VerifiedQuery($this->library->queryVerify($this->handle, $query, $nowMs));
        $this->once?->reserve($verified->replayKey(), $verified->replayUntilMs(), $nowMs, ErrorCode::Replayed);
        return $verified;
    }

    /**
     * Verifies the query of this web request, for sites without PSR-7.
     *
     * @throws CountermarkExceptionInterface as `verify`; SIGNATURE_MISMATCH for every method but GET
     */
    public function verifyGlobals(): VerifiedQuery
    {
        $server = ServerVariables::all();
        if (($server['REQUEST_METHOD'] ?? 'GET') !== 'GET') {
            // A scanner of mail that asks for the head, or for the options, must not use up the link.
            throw CountermarkException::of(ErrorCode::SignatureMismatch, 'a link is opened with GET');
        }
        return $this->verify($server['QUERY_STRING'] ?? '');
    }
}
