<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Native;

/** The picture that the user compares with those on the phone: a PNG, checked down to its checksums. */
final class AccessPass
{
    /** @internal */
    public function __construct(
        /** The bytes of the PNG. */
        public readonly string $png,
        /** For the `src` of an `img`; it cannot leave the attribute. */
        public readonly string $dataUri,
        /** In pixels. */
        public readonly int $width,
        /** In pixels. */
        public readonly int $height,
    ) {
    }

    /** @throws CountermarkExceptionInterface INVALID_ACCESS_PASS */
    public static function fromBase64(string $base64): self
    {
        return Native::library()->accessPassFromBase64($base64);
    }

    /** @return array<string, int> */
    public function __debugInfo(): array
    {
        return ['width' => $this->width, 'height' => $this->height];
    }
}
