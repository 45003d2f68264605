<?php

declare(strict_types=1);

namespace Countermark\Migration;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Login\SealKey;
use Countermark\SessionSealer;

/**
 * What the shim keeps in this visitor's PHP session: what binds tokens to the visitor, and the pictures.
 *
 * @internal
 */
final class Visit
{
    private const NAME = 'countermark';

    /** Tokens end after minutes; nobody has more logins open at once. */
    private const ICONS_MAX = 4;

    private function __construct()
    {
        if (\session_status() !== \PHP_SESSION_ACTIVE) {
            $strict = ['use_strict_mode' => true, 'use_only_cookies' => true, 'cookie_httponly' => true, 'cookie_samesite' => 'Lax'];
            if (\headers_sent() || !\session_start($strict)) {
                throw CountermarkException::of(ErrorCode::WrongState, 'start the PHP session before the page begins');
            }
        }
        if (!\is_array($_SESSION[self::NAME] ?? null)) {
            $_SESSION[self::NAME] = [
                'key' => \base64_encode(\random_bytes(32)),
                'binding' => \base64_encode(\random_bytes(32)),
                'icons' => [],
            ];
        }
    }

    public static function current(): self
    {
        return new self();
    }

    /** Seals with the configured key, or else with one that only this visitor's session has. */
    public function sealer(string $serviceName, string $serviceAddress): SessionSealer
    {
        $keys = SecSignIDApi::sealKeys();
        if ($keys === []) {
            $keys = [new SealKey('session', (string) \base64_decode($_SESSION[self::NAME]['key'], true))];
        }
        return new SessionSealer($keys, $serviceName, $serviceAddress);
    }

    public function binding(): string
    {
        return $_SESSION[self::NAME]['binding'];
    }

    public function keepIcon(string $token, string $icon): void
    {
        $icons = [...$_SESSION[self::NAME]['icons'], \hash('sha256', $token) => $icon];
        $_SESSION[self::NAME]['icons'] = \array_slice($icons, -self::ICONS_MAX);
    }

    public function icon(string $token): ?string
    {
        return $_SESSION[self::NAME]['icons'][\hash('sha256', $token)] ?? null;
    }
}
