<?php

declare(strict_types=1);

namespace Countermark\SecureSign;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Native;

/** What SecureSign's codes, statuses and limits mean. */
final class Rules
{
    /**
     * An origin in the exact form of a browser's `Origin` header: compare it byte by byte.
     *
     * @throws CountermarkExceptionInterface INVALID_ORIGIN
     */
    public static function origin(string $origin, Environment $environment): string
    {
        return Native::library()->secureSignOrigin($origin, $environment);
    }

    /** The vendor's name of an error code; `UNKNOWN` for one that is not on the list. */
    public static function codeName(string $code): string
    {
        return Native::library()->secureSignCodeName($code);
    }

    /** Whether and how to try again after an error code. */
    public static function retry(string $code): Retry
    {
        return Native::library()->secureSignRetry($code);
    }

    /** The vendor's name of a PIN status, or `UNKNOWN`. */
    public static function pinStatusName(string $status): string
    {
        return Native::library()->secureSignPinStatusName($status);
    }

    public static function pinPermitsSigning(string $status): bool
    {
        return Native::library()->secureSignPinPermitsSigning($status);
    }

    /**
     * Whether a PIN that was entered at the last use still counts.
     *
     * @param ?int $idleMs null: the library's default
     * @throws CountermarkExceptionInterface INVALID_CONFIG
     */
    public static function pinSessionIsOpen(int $lastUseMs, ?int $idleMs, int $nowMs): bool
    {
        return Native::library()->secureSignPinSessionIsOpen($lastUseMs, $idleMs, $nowMs);
    }

    /**
     * How long to wait before the next call.
     *
     * @param array<array-key, int> $callsMs the times of the calls before
     */
    public static function rateLimitWaitMs(array $callsMs, int $callsPerMinute, int $nowMs): int
    {
        return Native::library()->secureSignRateLimitWaitMs($callsMs, $callsPerMinute, $nowMs);
    }
}
