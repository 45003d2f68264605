<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Native;

/** Where to go after a login. */
final class ReturnUrl
{
    /**
     * `$candidate`, if it stays on the site `$base`, else `$default`.
     *
     * @param string $base the site's own origin, from configuration
     * @throws CountermarkExceptionInterface INVALID_URL if `$base` is no origin; INVALID_CONFIG if `$default` leaves it
     */
    public static function safe(string $base, string $candidate, string $default): string
    {
        return Native::library()->safeReturnUrl($base, $candidate, $default);
    }
}
