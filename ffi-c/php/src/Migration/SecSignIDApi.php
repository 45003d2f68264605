<?php

declare(strict_types=1);

namespace Countermark\Migration;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Http\Transport;
use Countermark\Login\LoginOutcome;
use Countermark\Login\LoginService;
use Countermark\Login\SealKey;
use Countermark\LoginClient;
use Countermark\Store\ApcuReplayStore;
use Countermark\Store\FileReplayStore;
use Countermark\Store\ReplayStore;

/**
 * The vendor's PHP API with its names, on top of `LoginClient`: for sites that move here. New code takes `LoginClient`.
 *
 * It needs a PHP session, and starts one if the site has none. `migrate.php` gives both classes their old global names.
 */
final class SecSignIDApi
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

    private string $response = '';

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

    /** @param ?callable(string): void $logger gets a line for each call; no line holds a handle */
    public function setLogger(?callable $logger): void
    {
        $this->logger = $logger === null ? null : $logger(...);
    }

    public function setPluginName(?string $pluginname): void
    {
        $this->pluginName = $pluginname;
    }

    public function setShowAccesspass(?bool $showaccesspass): void
    {
        $this->showAccesspass = $showaccesspass;
    }

    /** What the last call came to, in the server's notation; the request id in it is the sealed token. */
    public function getResponse(): string
    {
        return $this->response;
    }

    /**
     * Starts a login.
     *
     * @param array<array-key, mixed>|string|null $secsignid what the visitor has sent, whatever it is
     * @param string $servicename the name that the phone shows
     * @param string $serviceadress the address that the phone shows: from configuration, never from the request
     * @throws CountermarkException INVALID_SECSIGN_ID for what is no text too; and as `LoginClient::begin`
     */
    public function requestAuthSession(array|string|null $secsignid, string $servicename, string $serviceadress): AuthSession
    {
        return $this->told('request', function () use ($secsignid, $servicename, $serviceadress): array {
            $visit = Visit::current();
            $challenge = $this->client($servicename, $serviceadress)->begin(\is_string($secsignid) ? $secsignid : '');
            $token = $visit->sealer($servicename, $serviceadress)->seal($challenge->session, $visit->binding());
            $png = $challenge->accessPassPng();
            $icon = $png === null ? null : \base64_encode($png);
            if ($icon !== null) {
                $visit->keepIcon($token, $icon);
            }
            $begun = AuthSession::begun($challenge->session, $token, $icon);
            return [$begun, ['authsessionstate' => (string) AuthSession::PENDING] + $begun->getAuthSessionAsArray()];
        });
    }

    /**
     * How the login stands: one of the constants of `AuthSession`. `AUTHENTICATED` is given out once.
     *
     * @throws CountermarkException
     */
    public function getAuthSessionState(?AuthSession $authsession): int
    {
        return $this->told('state', function () use ($authsession): array {
            $outcome = $this->clientOf($authsession)->check(self::needed($authsession)->session())->outcome;
            $state = match ($outcome) {
                LoginOutcome::Pending => AuthSession::PENDING,
                LoginOutcome::Fetched => AuthSession::FETCHED,
                LoginOutcome::Approved => AuthSession::AUTHENTICATED,
                LoginOutcome::Denied => AuthSession::DENIED,
                LoginOutcome::Expired => AuthSession::EXPIRED,
                LoginOutcome::Suspended => AuthSession::SUSPENDED,
                LoginOutcome::Canceled => AuthSession::CANCELED,
                LoginOutcome::Invalid, LoginOutcome::Released => AuthSession::INVALID,
            };
            return [$state, ['authsessionstate' => (string) $state]];
        });
    }

    /**
     * Withdraws the login.
     *
     * @return int `AuthSession::CANCELED`
     * @throws CountermarkException
     */
    public function cancelAuthSession(?AuthSession $authsession): int
    {
        return $this->told('cancel', function () use ($authsession): array {
            $this->clientOf($authsession)->cancel(self::needed($authsession)->session());
            return [AuthSession::CANCELED, ['authsessionstate' => (string) AuthSession::CANCELED]];
        });
    }

    /**
     * Gives an approved session back. No login depends on it: the public server has dropped the call.
     *
     * @throws CountermarkException
     */
    public function releaseAuthSession(?AuthSession $authsession): void
    {
        $this->told('release', function () use ($authsession): array {
            $this->clientOf($authsession)->release(self::needed($authsession)->session());
            return [null, []];
        });
    }

    /**
     * @template T
     * @param \Closure(): array{T, array<string, string>} $call
     * @return T
     */
    private function told(string $name, \Closure $call): mixed
    {
        try {
            [$value, $fields] = $call();
        } catch (CountermarkException $failed) {
            $report = $failed->serverReport();
            $this->response = $report === null ? '' : \http_build_query(['error' => $report->error, 'errormsg' => $report->message]);
            $this->log("$name: {$failed->getMessage()} ({$failed->getCode()})");
            throw $failed;
        }
        $this->response = \http_build_query($fields);
        $this->log("$name: " . ($fields['authsessionstate'] ?? 'done'));
        return $value;
    }

    private function log(string $line): void
    {
        if ($this->logger !== null) {
            ($this->logger)("SecSignIDApi $line");
        }
    }

    private static function needed(?AuthSession $authsession): AuthSession
    {
        return $authsession ?? throw CountermarkException::of(ErrorCode::InvalidInput, 'no session');
    }

    private function clientOf(?AuthSession $authsession): LoginClient
    {
        $session = self::needed($authsession);
        return $this->client($session->getRequestingServiceName(), $session->getRequestingServiceAddress());
    }

    private function client(string $serviceName, string $serviceAddress): LoginClient
    {
        $service = new LoginService(
            $serviceName,
            $serviceAddress,
            server: self::$server,
            fallback: self::$fallback,
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
