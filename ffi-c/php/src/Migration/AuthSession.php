<?php

declare(strict_types=1);

namespace Countermark\Migration;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Login\AuthSession as Session;

/**
 * The session of the vendor's PHP API, with its names. What it calls request id is a sealed token: a session that was obtained elsewhere,
 * or edited in a hidden field, does not open.
 */
final class AuthSession
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

    private ?Session $session = null;

    private string $token = '';

    private ?string $icon = null;

    /** @internal */
    public static function begun(Session $session, string $token, ?string $icon): self
    {
        $begun = new self();
        $begun->session = $session;
        $begun->token = $token;
        $begun->icon = $icon;
        return $begun;
    }

    /**
     * Takes the fields of the form. The picture is not among those that are believed: it comes from this visitor's own session.
     *
     * @param array<array-key, mixed>|string|null $array what the visitor has sent: `requestid`, `secsignid`, `authsessionid`, `servicename`,
     *     `serviceaddress`
     * @throws CountermarkException MISSING_FIELD; UNKNOWN_HANDLE if they are not what this site gave to this visitor; HANDLE_EXPIRED
     */
    public function createAuthSessionFromArray(array|string|null $array): void
    {
        $sent = \is_array($array) ? $array : [];
        $fields = [];
        foreach (['requestid', 'secsignid', 'authsessionid', 'servicename', 'serviceaddress'] as $name) {
            $fields[] = \is_string($sent[$name] ?? null) ? $sent[$name] : throw CountermarkException::of(ErrorCode::MissingField, $name);
        }
        [$token, $secsignId, $authSessionId, $serviceName, $serviceAddress] = $fields;
        // The sealer takes the names of a service as texts of the site, and these are of a visitor.
        if (\preg_match('//u', \implode("\n", $fields)) !== 1) {
            throw CountermarkException::of(ErrorCode::UnknownHandle);
        }
        $visit = Visit::current();
        $session = $visit->sealer($serviceName, $serviceAddress)->open($token, $visit->binding());
        if ($session->secsignId() !== $secsignId || $session->authSessionId() !== $authSessionId) {
            throw CountermarkException::of(ErrorCode::UnknownHandle);
        }
        $this->session = $session;
        $this->token = $token;
        $this->icon = $visit->icon($this->token);
    }

    /** @return array<string, string> what `createAuthSessionFromArray` takes */
    public function getAuthSessionAsArray(): array
    {
        return [
            'requestid' => $this->getRequestID(),
            'secsignid' => $this->getSecSignID(),
            'authsessionid' => $this->getAuthSessionID(),
            'servicename' => $this->getRequestingServiceName(),
            'serviceaddress' => $this->getRequestingServiceAddress(),
        ];
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
        return $this->token;
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
        return $this->icon ?? '';
    }

    /** @internal */
    public function session(): Session
    {
        return $this->session ?? throw CountermarkException::of(ErrorCode::WrongState, 'the session was not requested');
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
}
