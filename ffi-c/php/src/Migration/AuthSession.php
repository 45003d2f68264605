<?php

declare(strict_types=1);

namespace Countermark\Migration;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Login\AuthSession as Session;
use Countermark\Login\SecSignId;

/**
 * The session of the vendor's PHP API, with its names. What it calls request id is a sealed token: a session that was obtained elsewhere,
 * or edited in a hidden field, does not open.
 */
class AuthSession
{
    public const NOSTATE = 0;
    public const PENDING = 1;
    public const EXPIRED = 2;
    public const AUTHENTICATED = 3;
    public const DENIED = 4;
    public const SUSPENDED = 5;
    public const CANCELED = 6;
    public const FETCHED = 7;
    public const INVALID = 8;

    private const FIELDS = ['requestid', 'secsignid', 'authsessionid', 'servicename', 'serviceaddress'];

    private ?Session $session = null;

    private string $icon = '';

    /** @var array<string, string> what the session was opened from; without a session, what it is yet to be opened from, and believed by nobody */
    private array $fields = [];

    /** @internal */
    final public static function begun(Session $session, #[\SensitiveParameter] string $token, string $icon): self
    {
        $begun = new self();
        $begun->hold($session, $token, $icon);
        return $begun;
    }

    /**
     * Takes the fields of the form. The picture is not among those that are believed: it comes from this visitor's own session.
     *
     * @param array<array-key, mixed>|object|string|int|float|bool|null $array what the visitor has sent: `requestid`, `secsignid`,
     *     `authsessionid`, `servicename`, `serviceaddress`
     * @param ?bool $ignoreOptionalParameter without a name and an address of the service, those with which this visitor has begun the login
     * @throws CountermarkException MISSING_FIELD; UNKNOWN_HANDLE if they are not what this site gave to this visitor; HANDLE_EXPIRED;
     *     INVALID_SECSIGN_ID
     */
    public function createAuthSessionFromArray(
        array|object|string|int|float|bool|null $array,
        ?bool $ignoreOptionalParameter = false,
    ): void {
        $this->open(self::texts(\is_array($array) ? $array : []), $ignoreOptionalParameter === true);
    }

    /** @return array<string, string> what `createAuthSessionFromArray` takes, and the picture */
    public function getAuthSessionAsArray(): array
    {
        $this->session();
        return $this->fields + ['authsessionicondata' => $this->icon];
    }

    public function getSecSignID(): string
    {
        return $this->session()->secsignId();
    }

    public function getAuthSessionID(): string
    {
        return $this->session()->authSessionId();
    }

    /** The sealed token. */
    public function getRequestID(): string
    {
        $this->session();
        return $this->fields['requestid'] ?? '';
    }

    public function getRequestingServiceName(): string
    {
        return $this->session()->serviceName();
    }

    public function getRequestingServiceAddress(): string
    {
        return $this->session()->serviceAddress();
    }

    /** The access pass, a PNG in base64; empty for a session without one. */
    public function getIconData(): string
    {
        $this->session();
        return $this->icon;
    }

    /** @internal */
    final public function session(): Session
    {
        if ($this->session === null && $this->fields !== []) {
            $this->open($this->fields, false);
        }
        return $this->session ?? throw CountermarkException::of(ErrorCode::WrongState, 'the session was not requested');
    }

    /**
     * Only the texts: pages keep the object in `$_SESSION`, and what PHP cannot write there costs the visitor the whole session.
     *
     * @return array<string, string>
     */
    final public function __serialize(): array
    {
        return $this->fields;
    }

    /**
     * Opens nothing: PHP is reading its session, which what opens the token needs. So the first use does.
     *
     * @param array<array-key, mixed> $data
     */
    final public function __unserialize(array $data): void
    {
        // One that was never requested has no field, and that of the vendor's own class none of ours.
        $this->fields = $data === [] ? [] : self::texts($data) + ['requestid' => ''];
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return [];
    }

    public function __toString(): string
    {
        return 'AuthSession';
    }

    /** @param array<string, string> $sent */
    private function open(#[\SensitiveParameter] array $sent, bool $withoutService): void
    {
        $given = $withoutService ? $sent + ['servicename' => '', 'serviceaddress' => ''] : $sent;
        $values = [];
        foreach (self::FIELDS as $name) {
            $values[] = $given[$name] ?? throw CountermarkException::of(ErrorCode::MissingField, $name);
        }
        [$token, $secsignId, $authSessionId, $serviceName, $serviceAddress] = $values;
        // The sealer takes the names of a service as texts of the site, and these are of a visitor.
        if (\preg_match('//u', \implode("\n", $values)) !== 1) {
            throw CountermarkException::of(ErrorCode::UnknownHandle);
        }
        $visit = Visit::current();
        $begun = $visit->login($token);
        if ($withoutService) {
            $serviceName = $serviceName === '' ? $begun['servicename'] ?? '' : $serviceName;
            $serviceAddress = $serviceAddress === '' ? $begun['serviceaddress'] ?? '' : $serviceAddress;
        }
        $session = $visit->sealer($serviceName, $serviceAddress)->open($token, $visit->binding());
        // Old pages post what the visitor has typed.
        if (SecSignId::normalize($secsignId) !== $session->secsignId() || $authSessionId !== $session->authSessionId()) {
            throw CountermarkException::of(ErrorCode::UnknownHandle);
        }
        $this->hold($session, $token, $begun['icon'] ?? '');
    }

    private function hold(Session $session, #[\SensitiveParameter] string $token, string $icon): void
    {
        $this->session = $session;
        $this->icon = $icon;
        $this->fields = [
            'requestid' => $token,
            'secsignid' => $session->secsignId(),
            'authsessionid' => $session->authSessionId(),
            'servicename' => $session->serviceName(),
            'serviceaddress' => $session->serviceAddress(),
        ];
    }

    /**
     * @param array<array-key, mixed> $sent
     * @return array<string, string>
     */
    private static function texts(#[\SensitiveParameter] array $sent): array
    {
        $texts = [];
        foreach (self::FIELDS as $name) {
            // Whoever has read the number of a session out of JSON has an integer.
            if (\is_string($sent[$name] ?? null) || \is_int($sent[$name] ?? null)) {
                $texts[$name] = (string) $sent[$name];
            }
        }
        return $texts;
    }
}
