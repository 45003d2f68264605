<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;

/** `query.*` */
final class Query
{
    /** @return array<string, mixed> */
    public static function verify(Fields $fields): array
    {
        $verifier = new SignedQueryVerifier(
            self::profile($fields),
            \array_map(self::key(...), $fields->objects('keys')),
            audience: $fields->textOrNull('audience'),
            maxAgeSeconds: $fields->intOrNull('max_age_s'),
            maxFutureSeconds: $fields->intOrNull('max_future_s'),
            allowEmptyNames: $fields->flagOrNull('allow_empty_names') ?? false,
            allowDemoSecret: $fields->flagOrNull('allow_demo_secret') ?? true,
            clock: new FixedClock($fields->int('now_ms')),
        );
        $verified = $verifier->verify($fields->text('query'));
        $email = null;
        $account = $fields->objectOrNull('account');
        if ($account !== null) {
            $email = $verified->checkProfile($account->text('firstname'), $account->text('lastname'));
        }
        if ($fields->has('known_emails')) {
            $email = $verified->checkKnownEmails($fields->texts('known_emails'));
        }
        $ok = [
            'fields' => (object) $verified->fields(),
            'timestamp' => \intdiv($verified->signedAtMs(), 1000),
            'key_id' => $verified->keyId(),
            'replay_key' => $verified->replayKey(),
        ];
        $ok += \array_filter([
            'tenant' => $verified->tenant(),
            'claimed_email' => $verified->claimedEmail(),
            'email' => $email,
        ], static fn (?string $value): bool => $value !== null);
        if ($fields->flagOrNull('ambiguous_emails') === true) {
            $ok['ambiguous_emails'] = $verified->ambiguousEmails();
        }
        return $ok;
    }

    /** @return array<string, mixed> */
    public static function sign(Fields $fields): array
    {
        $signer = new SignedQuerySigner(
            self::profile($fields),
            self::key($fields->object('key')),
            audience: $fields->textOrNull('audience'),
            lifetimeSeconds: $fields->intOrNull('lifetime_s'),
            allowDemoSecret: $fields->flagOrNull('allow_demo_secret') ?? true,
            clock: new FixedClock($fields->int('now_ms')),
        );
        $entropy = $fields->has('entropy_base64') ? $fields->bytes('entropy_base64') : null;
        return ['query' => $signer->sign($fields->object('fields')->textMap(), $entropy)];
    }

    private static function profile(Fields $fields): QueryProfile
    {
        return match ([$fields->text('profile'), $fields->textOrNull('mode')]) {
            ['countermark-v1', null], ['countermark-v1', 'legacy'], ['countermark-v1', 'strict'] => QueryProfile::V1,
            ['onelogin', null], ['onelogin', 'legacy'] => QueryProfile::LegacyOneLogin,
            ['onelogin', 'strict'] => QueryProfile::LegacyOneLoginStrict,
            default => throw new BadRequest(),
        };
    }

    private static function key(Fields $fields): QueryKey
    {
        return new QueryKey(
            $fields->text('id'),
            $fields->text('secret'),
            tenant: $fields->textOrNull('tenant'),
            emailDomains: $fields->texts('email_domains'),
            notBeforeMs: $fields->intOrNull('not_before_ms'),
            notAfterMs: $fields->intOrNull('not_after_ms'),
        );
    }
}
