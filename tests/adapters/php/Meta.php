<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Error\ErrorCode;
use Countermark\Login\State;
use Countermark\Version;

/** `meta.*` */
final class Meta
{
    /** @return array<string, mixed> */
    public static function errors(): array
    {
        return ['errors' => \array_map(static fn (ErrorCode $code): array => [
            'number' => $code->value,
            'name' => $code->label(),
            'class' => $code->group(),
            'retryable' => $code->isRetryable(),
            'http_status' => $code->httpStatus(),
        ], ErrorCode::cases())];
    }

    /** @return array<string, mixed> */
    public static function version(): array
    {
        return ['version' => Version::library(), 'abi' => Version::abi()];
    }

    /** @return array<string, mixed> */
    public static function states(): array
    {
        return ['states' => \array_map(static fn (State $state): array => [
            'number' => $state->value,
            'name' => $state->label(),
            'terminal' => $state->isTerminal(),
        ], State::cases())];
    }
}
