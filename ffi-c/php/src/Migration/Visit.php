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

    /** @var ?array{string, mixed, mixed} the session that the shim last had in this process, and the cookie and time of its request */
    private static ?array $last = null;

    private string $key;

    private string $binding;

    /** @var array<array-key, string> by the hash of the token */
    private array $icons = [];

    private function __construct()
    {
        if (\session_status() !== \PHP_SESSION_ACTIVE) {
            $strict = ['use_strict_mode' => true, 'use_only_cookies' => true, 'cookie_httponly' => true];
            // What php.ini asks for beyond these stays.
            if (\ini_get('session.cookie_samesite') === '') {
                $strict['cookie_samesite'] = 'Lax';
            }
            if (!\in_array($_SERVER['HTTPS'] ?? '', ['', 'off'], true)) {
                $strict['cookie_secure'] = true;
            }
            if (\headers_sent() || !\session_start($strict)) {
                throw CountermarkException::of(ErrorCode::WrongState, 'start the PHP session before the page begins');
            }
        }
        self::requireOwnSession();
        $kept = $_SESSION[self::NAME] ?? null;
        $icons = \is_array($kept) ? $kept['icons'] ?? null : null;
        if (!\is_array($kept) || !\is_string($kept['key'] ?? null) || !\is_string($kept['binding'] ?? null) || !\is_array($icons)) {
            $kept = ['key' => \base64_encode(\random_bytes(32)), 'binding' => \base64_encode(\random_bytes(32))];
            $icons = [];
        }
        $this->key = $kept['key'];
        $this->binding = $kept['binding'];
        foreach ($icons as $name => $icon) {
            $this->icons[$name] = \is_string($icon) ? $icon : '';
        }
        $this->keep();
    }

    public static function current(): self
    {
        return new self();
    }

    /**
     * In a worker that answers many requests, PHP's session is the one of the visitor before until somebody changes it. A session without its
     * cookie is good in the request in which it was first seen: it is new there, renewed, or the site chose its id.
     */
    private static function requireOwnSession(): void
    {
        $id = (string) \session_id();
        $now = [$id, $_COOKIE[(string) \session_name()] ?? null, $_SERVER['REQUEST_TIME_FLOAT'] ?? null];
        if ($now[1] !== $id && self::$last !== null && self::$last[0] === $id && self::$last !== $now) {
            throw CountermarkException::of(ErrorCode::WrongState, 'the PHP session is that of another request');
        }
        self::$last = $now;
    }

    /** Seals with the configured key, or else with one that only this visitor's session has. */
    public function sealer(string $serviceName, string $serviceAddress): SessionSealer
    {
        $keys = SecSignIDApi::sealKeys();
        if ($keys === []) {
            $keys = [new SealKey('session', (string) \base64_decode($this->key, true))];
        }
        return new SessionSealer($keys, $serviceName, $serviceAddress);
    }

    public function binding(): string
    {
        return $this->binding;
    }

    public function keepIcon(#[\SensitiveParameter] string $token, string $icon): void
    {
        $this->icons = \array_slice([...$this->icons, \hash('sha256', $token) => $icon], -self::ICONS_MAX);
        $this->keep();
    }

    public function icon(#[\SensitiveParameter] string $token): ?string
    {
        return $this->icons[\hash('sha256', $token)] ?? null;
    }

    private function keep(): void
    {
        $_SESSION[self::NAME] = ['key' => $this->key, 'binding' => $this->binding, 'icons' => $this->icons];
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }
}
