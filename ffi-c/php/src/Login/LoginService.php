<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Handle;
use Countermark\Native;

/** Where users log in: the settings of a login, checked. */
final class LoginService
{
    private readonly Handle $handle;

    /**
     * @throws CountermarkExceptionInterface INVALID_URL, INVALID_CONFIG, INVALID_INPUT; the detail names the setting
     */
    public function __construct(
        /** The name that the push message shows. */
        public readonly string $serviceName,
        /** The address that the app shows: from configuration, never from a request. */
        public readonly string $serviceAddress,
        /** The ID server, `https://host[:port]`; `http` for loopback only. Null: the public server and its fallback. */
        public readonly ?string $server = null,
        /** The host to turn to when the server cannot be reached at all. */
        public readonly ?string $fallback = null,
        /** The name of the calling plugin; null: not sent. */
        public readonly ?string $pluginName = null,
        /** Whether the app asks for an access pass; null: the server decides. */
        public readonly ?bool $showAccessPass = null,
        /** Whether another ID than the one asked for may approve, by a priority code. */
        public readonly bool $allowPriorityCode = false,
        /** The value of `apimethod`; null: the library's own. */
        public readonly ?string $apiMethod = null,
        /** Time to reach the server; null: the library's default. */
        public readonly ?int $connectTimeoutMs = null,
        /** Time for a whole exchange; null: the library's default. */
        public readonly ?int $totalTimeoutMs = null,
    ) {
        $this->handle = Native::library()->loginServiceNew($this);
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }
}
