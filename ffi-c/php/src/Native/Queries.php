<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Error\ErrorCode;
use Countermark\Handle;
use Countermark\Query\QueryFacts;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use FFI;
use FFI\CData;

/** `ffi-c/src/query.rs` */
trait Queries
{
    /** @param array<array-key, QueryKey> $keys */
    public function queryVerifierNew(
        QueryProfile $profile,
        array $keys,
        ?string $audience,
        ?int $maxAgeSeconds,
        ?int $maxFutureSeconds,
        bool $allowEmptyNames,
        bool $allowDemoSecret,
    ): Handle {
        $kept = [];
        try {
            $config = $this->queryConfig($profile, $keys, $audience, $maxAgeSeconds, $allowDemoSecret, $kept);
            $config->max_future_s = $this->span($maxFutureSeconds);
            $config->allow_empty_names = (int) $allowEmptyNames;
            $place = $this->place('countermark_query_verifier');
            $this->check($this->ffi->countermark_query_verifier_new(FFI::addr($config), $place, $error = $this->errorPlace()), $error);
            return $this->owned('countermark_query_verifier', $place);
        } finally {
            $this->wipe($kept);
        }
    }

    public function queryVerify(Handle $verifier, #[\SensitiveParameter] string $query, int $nowMs): Handle
    {
        // What `place` and `owned` do, without the calls: they cost as much as the hash.
        $type = 'countermark_verified_query';
        $place = $this->places[$type] ?? $this->place($type);
        $this->places[$type] = null;
        if ($this->ffi->countermark_query_verifier_verify($verifier->pointer, $query, \strlen($query), $nowMs, $place, null) !== 0) {
            // Once more, for the whole error: a place for it would be felt by every link that is good.
            $this->check($this->ffi->countermark_query_verifier_verify(
                $verifier->pointer,
                $query,
                \strlen($query),
                $nowMs,
                $place,
                $error = $this->errorPlace(),
            ), $error);
        }
        $pointer = $place[0];
        $this->places[$type] = $place;
        return new Handle($pointer, 'countermark_verified_query_free');
    }

    public function verifiedQueryGet(Handle $query, string $name): ?string
    {
        $view = $this->ffi->countermark_verified_query_get($query->pointer, $name, \strlen($name));
        return $view->ptr === null ? null : FFI::string($view->ptr, $view->len);
    }

    public function verifiedQueryRead(Handle $query): QueryFacts
    {
        $view = $this->ffi->new('countermark_verified_query_view');
        $this->check($this->ffi->countermark_verified_query_read($query->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new QueryFacts(
            $this->someText($view->key_id),
            $this->text($view->tenant),
            $this->someText($view->algorithm),
            $this->someText($view->replay_key),
            $this->text($view->claimed_email),
            $view->signed_at_ms,
            $view->replay_until_ms,
            \array_column($this->readPairs($view->fields, $view->fields_len), 1, 0),
        );
    }

    public function verifiedQueryCheckProfile(Handle $query, string $first, string $last): string
    {
        $email = $this->ffi->new('countermark_str');
        $this->check($this->ffi->countermark_verified_query_check_profile(
            $query->pointer,
            $first,
            \strlen($first),
            $last,
            \strlen($last),
            FFI::addr($email),
            $error = $this->errorPlace(),
        ), $error);
        return $this->someText($email);
    }

    /** @param array<array-key, string> $known */
    public function verifiedQueryCheckKnownEmails(Handle $query, array $known): string
    {
        $kept = [];
        $email = $this->ffi->new('countermark_str');
        $this->check($this->ffi->countermark_verified_query_check_known_emails(
            $query->pointer,
            $this->texts($known, 'known', $kept, ErrorCode::InvalidInput),
            \count($known),
            FFI::addr($email),
            $error = $this->errorPlace(),
        ), $error);
        return $this->someText($email);
    }

    /** @return list<string> */
    public function verifiedQueryAmbiguousEmails(Handle $query): array
    {
        $emails = [];
        do {
            $email = $this->text($this->ffi->countermark_verified_query_ambiguous_email($query->pointer, \count($emails)));
            if ($email !== null) {
                $emails[] = $email;
            }
        } while ($email !== null);
        return $emails;
    }

    public function querySignerNew(
        QueryProfile $profile,
        QueryKey $key,
        ?string $audience,
        ?int $lifetimeSeconds,
        bool $allowDemoSecret,
    ): Handle {
        $kept = [];
        try {
            $config = $this->queryConfig($profile, [$key], $audience, $lifetimeSeconds, $allowDemoSecret, $kept);
            $config->max_future_s = self::UNSET;
            $place = $this->place('countermark_query_signer');
            $this->check($this->ffi->countermark_query_signer_new(FFI::addr($config), $place, $error = $this->errorPlace()), $error);
            return $this->owned('countermark_query_signer', $place);
        } finally {
            $this->wipe($kept);
        }
    }

    /** @param list<array{string, string}> $fields */
    public function querySign(Handle $signer, array $fields, string $entropy, int $nowMs): string
    {
        $kept = [];
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_query_signer_sign(
            $signer->pointer,
            $this->pairs($fields, $kept),
            \count($fields),
            $entropy,
            \strlen($entropy),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->bytes($place);
    }

    /**
     * @param array<array-key, QueryKey> $keys
     * @param list<CData> $kept
     */
    private function queryConfig(
        QueryProfile $profile,
        array $keys,
        ?string $audience,
        ?int $seconds,
        bool $allowDemoSecret,
        array &$kept,
    ): CData {
        $keys = $this->ring($keys, QueryKey::class, 'keys');
        $config = $this->ffi->new('countermark_query_config');
        $config->profile = $profile->value;
        $config->allow_demo_secret = (int) $allowDemoSecret;
        $config->max_age_s = $this->span($seconds);
        $this->show($config->audience, $audience, $kept);
        if ($keys !== []) {
            $list = $this->ffi->new('countermark_query_key[' . \count($keys) . ']');
            foreach ($keys as $at => $key) {
                $this->queryKey($list[$at], $key, $kept);
            }
            $config->keys = FFI::addr($list[0]);
            $config->keys_len = \count($keys);
            $kept[] = $list;
        }
        return $config;
    }

    /** @param list<CData> $kept */
    private function queryKey(CData $place, QueryKey $key, array &$kept): void
    {
        $this->show($place->id, $key->id, $kept);
        $this->show($place->secret, $key->secret(), $kept);
        $this->show($place->tenant, $key->tenant, $kept);
        $place->not_before_ms = $key->notBeforeMs ?? \PHP_INT_MIN;
        $place->not_after_ms = $key->notAfterMs ?? \PHP_INT_MAX;
        $domains = $this->texts($key->emailDomains, 'email_domains', $kept);
        if ($domains !== null) {
            $place->email_domains = FFI::addr($domains[0]);
            $place->email_domains_len = \count($key->emailDomains);
        }
    }
}
