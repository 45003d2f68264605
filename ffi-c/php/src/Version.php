<?php

declare(strict_types=1);

namespace Countermark;

/** Versions of the native library. */
final class Version
{
    /** Such as `0.1.0`. */
    public static function library(): string
    {
        return Native::library()->version();
    }

    public static function abi(): int
    {
        return Native::library()->abiVersion();
    }
}
