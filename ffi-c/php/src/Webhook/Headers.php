<?php

declare(strict_types=1);

namespace Countermark\Webhook;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;

/**
 * The headers of a request in the shapes that frameworks have them.
 *
 * @internal
 */
final class Headers
{
    /**
     * @param array<array-key, mixed> $headers
     * @return list<array{string, string}>
     * @throws CountermarkExceptionInterface INVALID_INPUT
     */
    public static function pairs(array $headers): array
    {
        // One name is enough: a sender who calls a header `0` must not choose how the others are read.
        if (!\array_is_list($headers) && \array_filter(\array_keys($headers), \is_string(...)) !== []) {
            return self::ofMap($headers);
        }
        foreach ($headers as $pair) {
            if (!\is_array($pair) || !\is_string($pair[0] ?? null) || !\is_string($pair[1] ?? null) || \count($pair) !== 2) {
                throw self::refused();
            }
        }
        /** @var list<array{string, string}> */
        return \array_values($headers);
    }

    /**
     * By name, a value or several. Of a name of digits PHP makes a number, and Laravel's tests of a length; Symfony may have null for none.
     *
     * @param array<array-key, mixed> $headers
     * @return list<array{string, string}>
     */
    private static function ofMap(array $headers): array
    {
        $pairs = [];
        foreach ($headers as $name => $values) {
            foreach (\is_array($values) ? $values : [$values] as $value) {
                if (\is_string($value) || \is_int($value)) {
                    $pairs[] = [(string) $name, (string) $value];
                } elseif ($value !== null) {
                    throw self::refused();
                }
            }
        }
        return self::isOfWordPress($headers) ? \array_map(static fn (array $it): array => [\strtr($it[0], '_', '-'), $it[1]], $pairs) : $pairs;
    }

    /**
     * WordPress writes `_` for each `-`, and small letters.
     *
     * @param array<array-key, mixed> $headers
     */
    private static function isOfWordPress(array $headers): bool
    {
        $names = \implode(' ', \array_keys($headers));
        return !\str_contains($names, '-') && \strtolower($names) === $names;
    }

    private static function refused(): CountermarkException
    {
        return CountermarkException::of(ErrorCode::InvalidInput, 'headers');
    }
}
