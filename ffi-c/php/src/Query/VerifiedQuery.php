<?php

declare(strict_types=1);

namespace Countermark\Query;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Handle;
use Countermark\Native;

/** What a query proved: its signed fields, and nothing else of it. */
final class VerifiedQuery
{
    private ?QueryFacts $facts = null;

    /** @internal made by a verifier only */
    public function __construct(private readonly Handle $handle)
    {
    }

    /** The value of a signed field; null if no field has the name, and for the email of a strict OneLogin link. */
    public function get(string $name): ?string
    {
        return Native::library()->verifiedQueryGet($this->handle, $name);
    }

    /** @return array<string, string> all signed fields; a name of digits alone is an integer key, as everywhere in PHP */
    public function fields(): array
    {
        return $this->facts()->fields;
    }

    /** The id of the key that fits. */
    public function keyId(): string
    {
        return $this->facts()->keyId;
    }

    /** The tenant of that key, if it has one. */
    public function tenant(): ?string
    {
        return $this->facts()->tenant;
    }

    /** `sha1` or `hmac-sha256`, so that uses of the weak one can be counted. */
    public function algorithm(): string
    {
        return $this->facts()->algorithm;
    }

    /** The signed time, in Unix milliseconds. */
    public function signedAtMs(): int
    {
        return $this->facts()->signedAtMs;
    }

    /** The key under which a second use of this query is known. */
    public function replayKey(): string
    {
        return $this->facts()->replayKey;
    }

    /** Until when to keep the replay key, in Unix milliseconds. */
    public function replayUntilMs(): int
    {
        return $this->facts()->replayUntilMs;
    }

    /**
     * The email that a OneLogin link names, to look the account up with; null for `QueryProfile::V1`. A claim, not an identity: the
     * borders between the fields are not signed. Log in what `checkProfile` or `checkKnownEmails` gives.
     */
    public function claimedEmail(): ?string
    {
        return $this->facts()->claimedEmail;
    }

    /**
     * The email of a OneLogin link, proven by the names of its account: they must be exactly the signed ones.
     *
     * @throws CountermarkExceptionInterface PROFILE_MISMATCH; INVALID_INPUT for the profile whose fields cannot be shifted
     */
    public function checkProfile(string $firstName, string $lastName): string
    {
        return Native::library()->verifiedQueryCheckProfile($this->handle, $firstName, $lastName);
    }

    /**
     * The email of a OneLogin link, proven by a look-up: it must be an account, and no other reading of the same signed text
     * may be one.
     *
     * @param array<array-key, string> $known those of `claimedEmail` and `ambiguousEmails` that the directory has
     * @throws CountermarkExceptionInterface as `checkProfile`
     */
    public function checkKnownEmails(array $known): string
    {
        return Native::library()->verifiedQueryCheckKnownEmails($this->handle, $known);
    }

    /** @return list<string> the emails that other splits of the same signed text would give */
    public function ambiguousEmails(): array
    {
        return Native::library()->verifiedQueryAmbiguousEmails($this->handle);
    }

    private function facts(): QueryFacts
    {
        return $this->facts ??= Native::library()->verifiedQueryRead($this->handle);
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['keyId' => $this->keyId(), 'fields' => '[redacted]'];
    }

    /**
     * What was written down elsewhere was verified by nobody.
     *
     * @param array<mixed> $data
     * @return never
     */
    public function __unserialize(array $data): void
    {
        throw new \LogicException('only a verifier makes a verified value');
    }
}
