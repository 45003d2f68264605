<?php

declare(strict_types=1);

namespace Countermark\Query;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Handle;
use Countermark\Native;

/** What a query proved: its signed fields, and nothing else of it. */
final class VerifiedQuery
{
    private const KEY_ID = 0;
    private const ALGORITHM = 1;
    private const SIGNED_AT_MS = 2;
    private const REPLAY_UNTIL_MS = 3;
    private const PRESENT = 4;
    private const TENANT = 5;
    private const CLAIMED_EMAIL = 6;
    private const FIELDS = 7;

    /** @var ?list<string> what the library said, as the constants above count it */
    private ?array $parts = null;

    /** @var ?array<string, string> */
    private ?array $fields = null;

    /**
     * @internal made by a verifier only
     * @param string $texts what the library said, as `Native::queryCheck` gives it
     * @param ?Handle $handle the verified query itself, if the verifier has it already
     */
    public function __construct(
        private readonly Handle $verifier,
        #[\SensitiveParameter]
        private readonly string $query,
        private readonly int $nowMs,
        private readonly string $texts,
        private ?Handle $handle = null,
    ) {
    }

    /** The value of a signed field; null if there is none of the name, and for the email of a strict OneLogin link. */
    public function get(string $name): ?string
    {
        return ($this->fields ?? $this->fields())[$name] ?? null;
    }

    /** @return array<string, string> all signed fields; a name of digits alone is an integer key, as everywhere in PHP */
    public function fields(): array
    {
        if ($this->fields === null) {
            $parts = $this->parts();
            $this->fields = [];
            for ($at = self::FIELDS, $end = \count($parts); $at < $end; $at += 2) {
                $this->fields[$parts[$at]] = $parts[$at + 1];
            }
        }
        return $this->fields;
    }

    /** The id of the key that fits. */
    public function keyId(): string
    {
        return $this->parts()[self::KEY_ID];
    }

    /** The tenant of that key, if it has one. */
    public function tenant(): ?string
    {
        $parts = $this->parts();
        return ((int) $parts[self::PRESENT] & 1) === 0 ? null : $parts[self::TENANT];
    }

    /** `sha1` or `hmac-sha256`, so that uses of the weak one can be counted. */
    public function algorithm(): string
    {
        return $this->parts()[self::ALGORITHM];
    }

    /** The signed time, in Unix milliseconds. */
    public function signedAtMs(): int
    {
        return (int) $this->parts()[self::SIGNED_AT_MS];
    }

    /** The key under which a second use of this query is known. */
    public function replayKey(): string
    {
        return Native::library()->verifiedQueryReplayKey($this->handle());
    }

    /** Until when to keep the replay key, in Unix milliseconds. */
    public function replayUntilMs(): int
    {
        return (int) $this->parts()[self::REPLAY_UNTIL_MS];
    }

    /**
     * The email that a OneLogin link names, to look the account up with; null for `QueryProfile::V1`. A claim, not an identity: the
     * borders between the fields are not signed. Log in what `checkProfile` or `checkKnownEmails` gives.
     */
    public function claimedEmail(): ?string
    {
        $parts = $this->parts();
        return ((int) $parts[self::PRESENT] & 2) === 0 ? null : $parts[self::CLAIMED_EMAIL];
    }

    /**
     * The email of a OneLogin link, proven by the names of its account: they must be exactly the signed ones.
     *
     * @throws CountermarkExceptionInterface PROFILE_MISMATCH; INVALID_INPUT for the profile whose fields cannot be shifted
     */
    public function checkProfile(string $firstName, string $lastName): string
    {
        return Native::library()->verifiedQueryCheckProfile($this->handle(), $firstName, $lastName);
    }

    /**
     * The email of a OneLogin link, proven by a look-up: it must be an account, and no other reading of the same signed text
     * may be one.
     *
     * @param list<string> $known those of `claimedEmail` and `ambiguousEmails` that the directory has
     * @throws CountermarkExceptionInterface as `checkProfile`
     */
    public function checkKnownEmails(array $known): string
    {
        return Native::library()->verifiedQueryCheckKnownEmails($this->handle(), $known);
    }

    /** @return list<string> the emails that other splits of the same signed text would give */
    public function ambiguousEmails(): array
    {
        return Native::library()->verifiedQueryAmbiguousEmails($this->handle());
    }

    /** @return list<string> */
    private function parts(): array
    {
        return $this->parts ??= $this->texts === ''
            ? Native::library()->verifiedQueryTexts($this->handle())
            : \explode("\0", $this->texts);
    }

    /** The same question again gives the same answer, now as an object: most callers want the fields only. */
    private function handle(): Handle
    {
        return $this->handle ??= Native::library()->queryVerify($this->verifier, $this->query, $this->nowMs);
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['keyId' => $this->keyId(), 'fields' => '[redacted]'];
    }
}
