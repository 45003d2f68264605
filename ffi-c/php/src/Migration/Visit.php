<?php

declare(strict_types=1);

namespace Countermark\Migration;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Login\SealKey;
use Countermark\SessionSealer;

/**
 * What the shim keeps in this visitor's PHP session: what binds tokens to the visitor, and of each login its service, its picture and how
 * it ended. A command has no visitor, and what it keeps ends with its process.
 *
 * @internal
 */
final class Visit
{
    private const NAME = 'countermark';

    /** Tokens end after minutes; nobody has more logins open at once. */
    private const LOGINS_MAX = 4;

    /** As long as the ID server keeps a login. */
    private const END_S = 120;

    /** @var ?array{string, mixed, mixed} the session that the shim last had in this process, and the cookie and time of its request */
    private static ?array $last = null;

    private static mixed $ofCommand = null;

    private string $key;

    private string $binding;

    /** @var array<array-key, array<string, string>> by the hash of the token */
    private array $logins = [];

    private function __construct(private readonly bool $isCommand)
    {
        self::requireOwnSession($isCommand ? '' : (string) \session_id());
        $kept = $isCommand ? self::$ofCommand : $_SESSION[self::NAME] ?? null;
        $logins = \is_array($kept) ? $kept['logins'] ?? null : null;
        if (!\is_array($kept) || !\is_string($kept['key'] ?? null) || !\is_string($kept['binding'] ?? null) || !\is_array($logins)) {
            $kept = ['key' => \base64_encode(\random_bytes(32)), 'binding' => \base64_encode(\random_bytes(32))];
            $logins = [];
        }
        $this->key = $kept['key'];
        $this->binding = $kept['binding'];
        foreach ($logins as $name => $login) {
            $this->logins[$name] = [];
            foreach (\is_array($login) ? $login : [] as $part => $text) {
                $this->logins[$name][(string) $part] = \is_string($text) ? $text : '';
            }
        }
        $this->keep();
    }

    /** Starts PHP's session if there is none. */
    public static function current(): self
    {
        if (self::isCommand() || \session_status() === \PHP_SESSION_ACTIVE) {
            return new self(self::isCommand());
        }
        $strict = ['use_strict_mode' => true, 'use_only_cookies' => true, 'cookie_httponly' => true];
        // What php.ini asks for beyond these stays.
        if (\ini_get('session.cookie_samesite') === '') {
            $strict['cookie_samesite'] = 'Lax';
        }
        if (!\in_array($_SERVER['HTTPS'] ?? '', ['', 'off'], true)) {
            $strict['cookie_secure'] = true;
        }
        if (\headers_sent() || !\session_start($strict)) {
            throw CountermarkException::of(ErrorCode::WrongState, 'call session_start() before the page prints anything');
        }
        return new self(false);
    }

    /** Null where the site has closed PHP's session, so that other pages of the visitor need not wait: nothing can be kept then. */
    public static function open(): ?self
    {
        return self::isCommand() || \session_status() === \PHP_SESSION_ACTIVE ? new self(self::isCommand()) : null;
    }

    /** Some servers are commands that answer requests; what shows none has no visitor. */
    private static function isCommand(): bool
    {
        return \PHP_SAPI === 'cli' && !isset($_SERVER['REQUEST_METHOD']) && $_COOKIE === [] && \session_id() === '';
    }

    /**
     * In a worker that answers many requests, PHP's session is the one of the visitor before until somebody changes it. A session without its
     * cookie is good in the request in which it was first seen: it is new there, renewed, or the site chose its id.
     */
    private static function requireOwnSession(string $id): void
    {
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

    /** @param array<string, string> $login `servicename`, `serviceaddress`, `icon` */
    public function begin(#[\SensitiveParameter] string $token, array $login): void
    {
        $this->logins = \array_slice([...$this->logins, self::name($token) => $login], -self::LOGINS_MAX);
        $this->keep();
    }

    /** @return array<string, string> what `begin` was given; nothing for a login that this visitor has not begun here */
    public function login(#[\SensitiveParameter] string $token): array
    {
        return $this->logins[self::name($token)] ?? [];
    }

    /** How the login has ended, for as long as its page may ask again: the answer is lost on its way, or another page has got it. */
    public function ended(#[\SensitiveParameter] string $token): ?int
    {
        // A command may serve visitors whom it does not tell apart.
        if ($this->isCommand) {
            return null;
        }
        $login = $this->login($token);
        return (int) ($login['until'] ?? 0) > \time() ? (int) ($login['state'] ?? AuthSession::NOSTATE) : null;
    }

    public function end(#[\SensitiveParameter] string $token, int $state): void
    {
        if ($this->isCommand) {
            return;
        }
        $this->begin($token, ['state' => (string) $state, 'until' => (string) (\time() + self::END_S)] + $this->login($token));
    }

    /** The ID server is asked again. */
    public function reopen(#[\SensitiveParameter] string $token): void
    {
        $this->begin($token, ['until' => '0'] + $this->login($token));
    }

    private static function name(#[\SensitiveParameter] string $token): string
    {
        return \hash('sha256', $token);
    }

    private function keep(): void
    {
        $kept = ['key' => $this->key, 'binding' => $this->binding, 'logins' => $this->logins];
        if ($this->isCommand) {
            self::$ofCommand = $kept;
        } else {
            $_SESSION[self::NAME] = $kept;
        }
    }

    /** @return array<string, never> */
    public function __debugInfo(): array
    {
        return [];
    }
}
