<?php

declare(strict_types=1);

namespace Countermark;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Psr\Clock\ClockInterface;

/** Signs links of one profile. */
final class SignedQuerySigner
{
    private readonly Handle $handle;

    private readonly Clock $clock;

    /**
     * @param ?string $audience who accepts the query; required for `QueryProfile::V1`
     * @param ?int $lifetimeSeconds without it, the library's default
     * @throws CountermarkExceptionInterface INVALID_SECRET, WEAK_SECRET, INVALID_CONFIG
     */
    public function __construct(
        private readonly QueryProfile $profile,
        QueryKey $key,
        ?string $audience = null,
        ?int $lifetimeSeconds = null,
        bool $allowDemoSecret = false,
        ?ClockInterface $clock = null,
    ) {
        $this->handle = Native::library()->querySignerNew($profile, $key, $audience, $lifetimeSeconds, $allowDemoSecret);
        $this->clock = new Clock($clock);
    }

    /**
     * The signed query, without a `?`.
     *
     * @param array<string, string> $fields in the order in which they are to appear
     * @param ?string $entropy 16 fresh random bytes for `QueryProfile::V1`; null: from the system
     * @throws CountermarkExceptionInterface INVALID_FIELD, MISSING_FIELD, EMPTY_FIELD, DUPLICATE_FIELD, TOO_LARGE
     */
    public function sign(array $fields, ?string $entropy = null): string
    {
        $pairs = [];
        foreach ($fields as $name => $value) {
            $pairs[] = [(string) $name, $value];
        }
        $entropy ??= $this->profile === QueryProfile::V1 ? \random_bytes(16) : '';
        return Native::library()->querySign($this->handle, $pairs, $entropy, $this->clock->nowMs());
    }
}
