<?php

declare(strict_types=1);

namespace Countermark\Migration;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\Transport;
use Countermark\Login\LoginOutcome;
use Countermark\Login\LoginService;
use Countermark\Login\SealKey;
use Countermark\LoginClient;
use Countermark\Native;
use Countermark\Store\ApcuReplayStore;
use Countermark\Store\FileReplayStore;
use Countermark\Store\ReplayStore;

/**
 * The vendor's PHP API with its names, on top of `LoginClient`: for sites that move here. New code takes `LoginClient`.
 *
 * It needs a PHP session, and starts one if the site has none; a command needs none. `migrate.php` gives both classes their old global names.
 */
class SecSignIDApi
{
    private static ?string $server = null;

    private static ?string $fallback = null;

    /** @var array<array-key, SealKey> */
    private static array $sealKeys = [];

    private static ?ReplayStore $store = null;

    private static ?Transport $transport = null;

    private ?string $pluginName = null;

    private ?bool $showAccesspass = null;

    /** @var ?\Closure(string): void */
    private ?\Closure $logger = null;

    /** @var array<string, string> */
    private array $response = [];

    private ?string $ownServer = null;

    private ?string $ownFallback = null;

    /**
     * Without arguments, the servers are those of `configure`. They are taken since PHP would ignore them, and ask the public server.
     *
     * @throws CountermarkException INVALID_CONFIG for arguments that name no server
     */
    public function __construct(
        ?string $server = null,
        int|string|null $port = null,
        ?string $fallback = null,
        int|string|null $fallbackPort = null,
    ) {
        $this->ownServer = self::address($server, $port);
        $this->ownFallback = self::address($fallback, $fallbackPort);
        if ($this->ownServer === null && \func_num_args() > 0) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'these arguments name no server: say SecSignIDApi::configure(server: …)');
        }
    }

    /**
     * Once for the site, before anything else.
     *
     * @param ?string $server the ID server; null: the public one and its fallback
     * @param array<array-key, SealKey> $sealKeys for sites of several web servers whose PHP sessions are not shared; otherwise each
     *     visitor's session has a random key of its own
     * @param ?ReplayStore $store without it, APCu where it is enabled, or else a file beside the PHP sessions, or in the
     *     system's temporary folder where these are in no files; for several web servers it is needed
     */
    public static function configure(
        ?string $server = null,
        ?string $fallback = null,
        array $sealKeys = [],
        ?ReplayStore $store = null,
        ?Transport $transport = null,
    ): void {
        self::$server = $server;
        self::$fallback = $fallback;
        self::$sealKeys = $sealKeys;
        self::$store = $store;
        self::$transport = $transport;
    }

    /**
     * @internal
     * @return array<array-key, SealKey>
     */
    public static function sealKeys(): array
    {
        return self::$sealKeys;
    }

    /** Whether logins can work here: the native library is there, and a way to the server. */
    public function prerequisite(): bool
    {
        try {
            Native::library();
        } catch (CountermarkExceptionInterface) {
            return false;
        }
        return self::$transport !== null || \extension_loaded('curl');
    }

    /**
     * @param array<array-key, mixed>|object|string|int|float|bool|null $logger what can be called gets a line for each call; no line holds a handle
     * @throws CountermarkException INVALID_CONFIG
     */
    public function setLogger(array|object|string|int|float|bool|null $logger): void
    {
        if ($logger !== null && !\is_callable($logger)) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, 'the logger cannot be called');
        }
        $this->logger = $logger === null ? null : $logger(...);
    }

    /** @param array<array-key, mixed>|object|string|int|float|bool|null $pluginname a text; the request refuses what is none */
    public function setPluginName(array|object|string|int|float|bool|null $pluginname): void
    {
        $this->pluginName = $pluginname === null ? null : self::text($pluginname);
    }

    /**
     * Whether the app asks for an access pass. None: the server decides.
     *
     * @param array<array-key, mixed>|object|string|int|float|bool|null $showaccesspass the words `true` and `false` too, which went to the
     *     server as they stood
     * @throws CountermarkException INVALID_INPUT
     */
    public function setShowAccesspass(array|object|string|int|float|bool|null $showaccesspass): void
    {
        $this->showAccesspass = match ($showaccesspass) {
            null => null,
            true, 'true', '1', 1 => true,
            false, 'false', '0', '', 0 => false,
            default => throw CountermarkException::of(ErrorCode::InvalidInput, 'showaccesspass'),
        };
    }

    /**
     * What the last call came to, in the notation of the vendor's server: `name=value` joined by `&`, and nothing encoded, since no value that
     * the library takes reads as another pair. The request id is the sealed token. A refusal, as before the first call, is `error` with `errormsg`.
     */
    public function getResponse(): string
    {
        $response = $this->response === [] ? self::refusal(CountermarkException::of(ErrorCode::WrongState)) : $this->response;
        $pairs = [];
        foreach ($response as $name => $value) {
            $pairs[] = "$name=$value";
        }
        return \implode('&', $pairs);
    }

    /**
     * Starts a login.
     *
     * @param array<array-key, mixed>|object|string|int|float|bool|null $secsignid what the visitor has sent, whatever it is
     * @param array<array-key, mixed>|object|string|int|float|bool|null $servicename the name that the phone shows: a text
     * @param array<array-key, mixed>|object|string|int|float|bool|null $serviceadress the address that the phone shows: a text of
     *     configuration, never of the request
     * @throws CountermarkException INVALID_SECSIGN_ID, and INVALID_INPUT for a service, for what is no text too; and as `LoginClient::begin`
     */
    public function requestAuthSession(
        array|object|string|int|float|bool|null $secsignid,
        array|object|string|int|float|bool|null $servicename,
        array|object|string|int|float|bool|null $serviceadress,
    ): AuthSession {
        return $this->told('request', function () use ($secsignid, $servicename, $serviceadress): array {
            $login = ['servicename' => self::text($servicename), 'serviceaddress' => self::text($serviceadress)];
            $client = $this->client($login['servicename'], $login['serviceaddress']);
            $visit = Visit::current();
            $challenge = $client->begin(self::text($secsignid));
            $token = $visit->sealer($login['servicename'], $login['serviceaddress'])->seal($challenge->session, $visit->binding());
            $icon = \base64_encode($challenge->accessPassPng() ?? '');
            $visit->begin($token, $login + ['icon' => $icon]);
            $begun = AuthSession::begun($challenge->session, $token, $icon);
            return [$begun, ['authsessionstate' => (string) AuthSession::PENDING] + $begun->getAuthSessionAsArray()];
        });
    }

    /**
     * How the login stands: one of the constants of `AuthSession`. How it has ended is told again for two minutes, in the session of its
     * visitor only, since the page that follows the login and the form that it then sends both ask.
     *
     * @param array<array-key, mixed>|object|string|int|float|bool|null $authsession
     * @throws CountermarkException INVALID_INPUT for what is no `AuthSession`; and as `LoginClient::check`
     */
    public function getAuthSessionState(array|object|string|int|float|bool|null $authsession): int
    {
        return $this->told('state', function () use ($authsession): array {
            $session = self::needed($authsession);
            $client = $this->clientOf($session);
            $token = $session->getRequestID();
            $visit = Visit::open();
            $state = $visit?->ended($token);
            if ($state === null) {
                $outcome = $client->check($session->session())->outcome;
                $state = self::state($outcome);
                if (!$outcome->isOpen()) {
                    $visit?->end($token, $state);
                }
            }
            return [$state, ['authsessionstate' => (string) $state]];
        });
    }

    /**
     * Withdraws the login.
     *
     * @param array<array-key, mixed>|object|string|int|float|bool|null $authsession
     * @return int `AuthSession::CANCELED`
     * @throws CountermarkException INVALID_INPUT for what is no `AuthSession`; and as `LoginClient::cancel`
     */
    public function cancelAuthSession(array|object|string|int|float|bool|null $authsession): int
    {
        return $this->told('cancel', function () use ($authsession): array {
            $session = self::needed($authsession);
            $client = $this->clientOf($session);
            // An approval that was told before is told no more.
            Visit::open()?->reopen($session->getRequestID());
            $client->cancel($session->session());
            return [AuthSession::CANCELED, ['authsessionstate' => (string) AuthSession::CANCELED]];
        });
    }

    /**
     * Gives an approved session back. No login depends on it: the public server has dropped the call.
     *
     * @param array<array-key, mixed>|object|string|int|float|bool|null $authsession
     * @throws CountermarkException INVALID_INPUT for what is no `AuthSession`; and as `LoginClient::release`
     */
    public function releaseAuthSession(array|object|string|int|float|bool|null $authsession): void
    {
        $this->told('release', function () use ($authsession): array {
            $session = self::needed($authsession);
            $this->clientOf($session)->release($session->session());
            return [null, ['authsessionstate' => (string) AuthSession::NOSTATE]];
        });
    }

    private static function state(LoginOutcome $outcome): int
    {
        return match ($outcome) {
            LoginOutcome::Pending => AuthSession::PENDING,
            LoginOutcome::Fetched => AuthSession::FETCHED,
            LoginOutcome::Approved => AuthSession::AUTHENTICATED,
            LoginOutcome::Denied => AuthSession::DENIED,
            LoginOutcome::Expired => AuthSession::EXPIRED,
            LoginOutcome::Suspended => AuthSession::SUSPENDED,
            LoginOutcome::Canceled => AuthSession::CANCELED,
            LoginOutcome::Invalid, LoginOutcome::Released => AuthSession::INVALID,
        };
    }

    /**
     * @template T
     * @param \Closure(): array{T, array<string, string>} $call
     * @return T
     */
    private function told(string $name, \Closure $call): mixed
    {
        // Whatever this call throws, the answer is not that of the call before.
        $this->response = self::refusal(CountermarkException::of(ErrorCode::Internal));
        try {
            [$value, $fields] = $call();
        } catch (CountermarkException $failed) {
            $this->response = self::refusal($failed);
            $this->log("$name: {$failed->getMessage()} ({$failed->getCode()})");
            throw $failed;
        }
        $this->response = $fields;
        $this->log("$name: " . ($fields['authsessionstate'] ?? 'done'));
        return $value;
    }

    /** @return array<string, string> of a refusal of our own, what a visitor may read */
    private static function refusal(CountermarkException $failed): array
    {
        $report = $failed->serverReport();
        return $report === null
            ? ['error' => (string) $failed->getCode(), 'errormsg' => $failed->publicMessage()]
            : ['error' => $report->error, 'errormsg' => $report->message ?? ''];
    }

    private function log(string $line): void
    {
        if ($this->logger !== null) {
            ($this->logger)("SecSignIDApi $line");
        }
    }

    /** @param array<array-key, mixed>|object|string|int|float|bool|null $authsession */
    private static function needed(array|object|string|int|float|bool|null $authsession): AuthSession
    {
        return $authsession instanceof AuthSession ? $authsession : throw CountermarkException::of(ErrorCode::InvalidInput, 'no AuthSession');
    }

    /** @param array<array-key, mixed>|object|string|int|float|bool|null $value */
    private static function text(array|object|string|int|float|bool|null $value): string
    {
        return \is_string($value) || \is_int($value) || $value instanceof \Stringable ? (string) $value : '';
    }

    private static function address(?string $server, int|string|null $port): ?string
    {
        return match (true) {
            $server === null || $server === '' => null,
            $port === null || $port === '' => $server,
            default => \rtrim($server, '/') . ":$port",
        };
    }

    private function clientOf(AuthSession $authsession): LoginClient
    {
        $session = $authsession->session();
        return $this->client($session->serviceName(), $session->serviceAddress());
    }

    private function client(string $serviceName, string $serviceAddress): LoginClient
    {
        $service = new LoginService(
            $serviceName,
            $serviceAddress,
            server: $this->ownServer ?? self::$server,
            fallback: $this->ownServer === null ? self::$fallback : $this->ownFallback,
            pluginName: $this->pluginName,
            showAccessPass: $this->showAccesspass,
        );
        return new LoginClient($service, self::$store ??= self::defaultStore(), self::$transport);
    }

    private static function defaultStore(): ReplayStore
    {
        if (\function_exists('apcu_enabled') && \apcu_enabled()) {
            return new ApcuReplayStore();
        }
        // The folder may be that of several sites.
        $site = \substr(\hash('sha256', __DIR__), 0, 16);
        return new FileReplayStore((self::sessionFolder() ?? self::ownFolder()) . "/countermark-used-keys-$site");
    }

    /** Where PHP keeps the sessions, if in files: what other handlers have as their path is an address, such as that of Redis. */
    private static function sessionFolder(): ?string
    {
        if (\ini_get('session.save_handler') !== 'files') {
            return null;
        }
        // There may be a depth and a mode before the folder: `2;0600;/var/lib/php`.
        $path = (string) \session_save_path();
        $folder = \substr($path, (int) \strrpos(";$path", ';'));
        return $folder !== '' && @\is_dir($folder) ? $folder : null;
    }

    /** A folder within that for all, which nobody else has made and nobody else may enter. */
    private static function ownFolder(): string
    {
        // Not every PHP can ask who it is.
        $file = \tmpfile();
        $user = $file === false ? null : \fstat($file)['uid'] ?? null;
        $folder = \sys_get_temp_dir() . "/countermark-$user";
        @\mkdir($folder, 0700);
        // Another process may have made it a moment ago; `lstat`, since a link leads to wherever its owner wants.
        \clearstatcache(true, $folder);
        $facts = @\lstat($folder) ?: ['mode' => 0, 'uid' => null];
        $isOurs = \PHP_OS_FAMILY === 'Windows'
            ? \is_dir($folder)
            : ($facts['mode'] & 0170077) === 0040000 && $facts['uid'] === $user && $user !== null;
        if (!$isOurs) {
            throw CountermarkException::of(ErrorCode::InvalidConfig, "$folder is not a folder of this user alone: pass `store:` to `configure`");
        }
        return $folder;
    }
}
