<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Error\CountermarkException;
use Countermark\Error\ErrorCode;
use Countermark\Http\HttpReply;
use Countermark\Http\HttpRequest;
use Countermark\SecureSign\Environment;
use Countermark\SecureSign\HashAlgorithm;
use Countermark\SecureSign\Platform;
use Countermark\SecureSign\Rules;
use Countermark\SecureSign\SecureSignCall;
use Countermark\SecureSign\SecureSignConfig;
use Countermark\SecureSign\SecureSignHint;
use Countermark\SecureSign\SecureSignPending;
use Countermark\SecureSign\SecureSignRequest;
use Countermark\SecureSign\SecureSignSession;
use Countermark\SecureSign\SecureSignValidation;
use Countermark\SecureSignClient;
use Countermark\Store\MemoryReplayStore;

/** `securesign.*`: the reply is scripted, or that of a server. */
final class SecureSign
{
    /** @return array<string, mixed> */
    public static function validate(Fields $fields): array
    {
        $platform = Platform::tryFrom($fields->text('platform')) ?? throw new BadRequest();
        if ($fields->textOrNull('server') !== null) {
            return self::validated(self::client($fields)->validate($fields->text('origin'), $platform));
        }
        $call = self::client($fields)->startValidate($fields->text('origin'), $platform);
        $sent = self::feed($call, $fields);
        return $sent === null ? self::validated($call->validation()) : self::sent($sent);
    }

    /** @return array<string, mixed> */
    public static function session(Fields $fields): array
    {
        if ($fields->textOrNull('server') !== null) {
            return self::opened(self::client($fields)->session(self::request($fields)));
        }
        $call = self::client($fields)->startSession(self::request($fields));
        $sent = self::feed($call, $fields);
        return $sent === null ? self::opened($call->session()) : self::sent($sent);
    }

    /** @return array<string, mixed> */
    public static function deepLink(Fields $fields): array
    {
        $withApiKey = $fields->flagOrNull('with_api_key') ?? false;
        return ['deep_link' => self::client($fields)->deepLink(self::request($fields), $withApiKey)];
    }

    /** @return array<string, mixed> */
    public static function origin(Fields $fields): array
    {
        return ['origin' => Rules::origin($fields->text('origin'), self::environment($fields))];
    }

    /** @return array<string, mixed> */
    public static function hint(Fields $fields): array
    {
        $hint = SecureSignHint::fromQuery($fields->text('query'));
        return \array_filter([
            'request_id' => $hint->requestId,
            'claims_success' => $hint->claimsSuccess,
            'code' => $hint->code,
            'signature_base64' => $hint->signature === null ? null : \base64_encode($hint->signature),
            'signed_at_ms' => $hint->signedAtMs,
        ], static fn (mixed $value): bool => $value !== null);
    }

    /**
     * The callbacks in their order, each at most once; the answer is that of the last.
     *
     * @return array<string, mixed>
     */
    public static function callback(Fields $fields): array
    {
        $clock = new FixedClock($fields->int('now_ms'));
        $client = self::client($fields, $clock);
        $certificate = $fields->bytes('certificate_base64');
        $pending = \array_map(self::pending(...), $fields->objects('pending'));
        $used = new MemoryReplayStore(clock: $clock);
        $one = static function (string $query) use ($client, $certificate, $pending, $used): array {
            $hint = SecureSignHint::fromQuery($query);
            foreach ($pending as $stored) {
                if ($stored->requestId === $hint->requestId) {
                    $result = $client->complete($hint, $stored, $certificate, $used);
                    return [
                        'request_id' => $result->requestId,
                        'certificate_serial' => $result->certificateSerial,
                        'once_key' => $result->onceKey->key,
                        'once_ttl_s' => $result->onceKey->ttlSeconds,
                    ];
                }
            }
            throw CountermarkException::of(ErrorCode::UnknownRequest);
        };
        $queries = $fields->texts('queries');
        $last = \array_pop($queries) ?? throw new BadRequest();
        foreach ($queries as $query) {
            try {
                $one($query);
            } catch (CountermarkException) {
                // Only the last one's answer counts.
            }
        }
        return $one($last);
    }

    /** @return array<string, mixed> */
    public static function code(Fields $fields): array
    {
        $code = $fields->text('code');
        return ['code' => Rules::codeName($code), 'retry' => Rules::retry($code)->value];
    }

    /** @return array<string, mixed> */
    public static function pinStatus(Fields $fields): array
    {
        $status = $fields->text('status');
        return ['status' => Rules::pinStatusName($status), 'permits_signing' => Rules::pinPermitsSigning($status)];
    }

    /** @return array<string, mixed> */
    public static function pinSession(Fields $fields): array
    {
        $idleMs = $fields->countOrNull('idle_ms');
        return ['open' => Rules::pinSessionIsOpen($fields->int('last_use_ms'), $idleMs, $fields->int('now_ms'))];
    }

    /** @return array<string, mixed> */
    public static function rateLimit(Fields $fields): array
    {
        $calls = \array_map(
            static fn (mixed $call): int => \is_int($call) ? $call : throw new BadRequest(),
            $fields->list('calls_ms'),
        );
        $rpm = $fields->countOrNull('rpm') ?? throw new BadRequest();
        return ['wait_ms' => Rules::rateLimitWaitMs($calls, $rpm, $fields->int('now_ms'))];
    }

    /** @return array<string, mixed> */
    private static function validated(SecureSignValidation $validation): array
    {
        return ['tenant_id' => $validation->tenantId]
            + ($validation->callsPerMinute === null ? [] : ['rpm' => $validation->callsPerMinute]);
    }

    /** @return array<string, mixed> */
    private static function opened(SecureSignSession $session): array
    {
        return [
            'session_id' => $session->sessionId,
            'expires_at_ms' => $session->expiresAtMs,
            'deep_link' => $session->deepLink,
        ];
    }

    /** Answers the call by the script; without one, gives what is sent. */
    private static function feed(SecureSignCall $call, Fields $fields): ?HttpRequest
    {
        $nowMs = $fields->intOrNull('now_ms') ?? 0;
        $request = $call->poll($nowMs);
        $reply = $fields->objectOrNull('reply');
        if ($reply === null) {
            return $request instanceof HttpRequest ? $request : throw new BadRequest();
        }
        $failure = $reply->textOrNull('failure');
        if ($failure !== null) {
            $call->onTransportFailure(Login::failure($failure, 'maybe_sent'), $nowMs);
            return null;
        }
        $text = $reply->textOrNull('body');
        $body = $text === null ? $reply->bytes('body_base64') : \str_repeat($text, $reply->intOrNull('times') ?? 1);
        $call->onResponse(new HttpReply($reply->countOrNull('status') ?? throw new BadRequest(), $body), $nowMs);
        return null;
    }

    /** @return array<string, mixed> */
    private static function sent(HttpRequest $request): array
    {
        return [
            'method' => $request->method,
            'url' => $request->url,
            'headers' => $request->headers,
            'body' => $request->body,
        ];
    }

    private static function client(Fields $fields, ?FixedClock $clock = null): SecureSignClient
    {
        $server = $fields->textOrNull('server');
        return new SecureSignClient(new SecureSignConfig(
            $fields->text('api_key'),
            self::environment($fields),
            $fields->text('tenant_id'),
            $fields->texts('callback_hosts'),
            $server === null ? $fields->textOrNull('base_url') : \rtrim($server, '/') . '/v1',
            $fields->countOrNull('clock_skew_s'),
        ), clock: $clock);
    }

    private static function environment(Fields $fields): Environment
    {
        return Environment::tryFrom($fields->text('environment')) ?? throw new BadRequest();
    }

    private static function request(Fields $fields): SecureSignRequest
    {
        return new SecureSignRequest(
            $fields->text('request_id'),
            $fields->bytes('hash_base64'),
            HashAlgorithm::tryFrom($fields->text('hash_algo')) ?? throw new BadRequest(),
            $fields->text('callback_url'),
        );
    }

    private static function pending(Fields $fields): SecureSignPending
    {
        return new SecureSignPending(
            $fields->text('request_id'),
            $fields->bytes('hash_base64'),
            HashAlgorithm::tryFrom($fields->text('hash_algo')) ?? throw new BadRequest(),
            $fields->int('expires_at_ms'),
        );
    }
}
