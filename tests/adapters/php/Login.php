<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\FailureKind;
use Countermark\Http\FailurePhase;
use Countermark\Http\HttpReply;
use Countermark\Http\HttpRequest;
use Countermark\Http\TransportFailure;
use Countermark\Login\AuthSession;
use Countermark\Login\LoginMachine;
use Countermark\Login\LoginService;
use Countermark\Login\SecSignId;
use Countermark\Store\Release;
use Countermark\Store\Reserve;

/** `login.*` without a network: a script answers, and the time is virtual. */
final class Login
{
    /**
     * `login.request`: the request that a task sends first.
     *
     * @return array<string, mixed>
     */
    public static function request(Fields $fields): array
    {
        $service = self::service($fields);
        $kind = $fields->text('request');
        $login = match ($kind) {
            'start' => LoginMachine::begin($service, $fields->text('secsignid'), 0),
            'state' => LoginMachine::check($service, self::session($service, $fields), 0),
            'cancel' => LoginMachine::cancel($service, self::session($service, $fields), 0),
            'release' => LoginMachine::release($service, self::session($service, $fields), 0),
            default => throw new BadRequest(),
        };
        if ($login->poll(0) instanceof Reserve) {
            $login->onStore(null, 0);
        }
        $request = $login->poll(0);
        if (!$request instanceof HttpRequest) {
            throw new BadRequest();
        }
        return [
            'method' => $request->method,
            'path' => \parse_url($request->url, \PHP_URL_PATH),
            'content_type' => \array_column($request->headers, 1, 0)['Content-Type'] ?? null,
            'body' => $request->body,
        ];
    }

    /**
     * `login.machine`: a whole task against scripted answers.
     *
     * @return array<string, mixed>
     */
    public static function machine(Fields $fields): array
    {
        $nowMs = $fields->int('now_ms');
        $login = self::task($fields, $nowMs);
        [$requests, $store, $endedMs] = self::drive($login, $fields, $nowMs);
        try {
            $ok = self::result($login);
        } catch (CountermarkExceptionInterface $error) {
            if ($fields->flagOrNull('transcript') !== true) {
                throw $error;
            }
            $ok = ['error' => Adapter::name($error)];
        }
        if ($fields->flagOrNull('transcript') === true) {
            $ok += ['requests' => $requests, 'store' => $store, 'retries' => $login->retries(), 'ended_ms' => $endedMs];
        }
        return $ok;
    }

    private static function task(Fields $fields, int $nowMs): LoginMachine
    {
        $service = self::service($fields);
        $task = $fields->text('task');
        $opened = $fields->objectOrNull('session');
        if ($opened === null) {
            return $task === 'begin'
                ? LoginMachine::begin($service, $fields->text('secsignid'), $nowMs)
                : throw new BadRequest();
        }
        $opener = $opened->textOrNull('service_name') === null ? $service : self::service($opened);
        $session = self::session($opener, $opened);
        return match ($task) {
            'check' => LoginMachine::check($service, $session, $nowMs),
            'wait' => LoginMachine::wait($service, $session, $fields->intOrNull('deadline_ms'), $nowMs),
            'cancel' => LoginMachine::cancel($service, $session, $nowMs),
            'release' => LoginMachine::release($service, $session, $nowMs),
            default => throw new BadRequest(),
        };
    }

    /** @return array<string, mixed> */
    private static function result(LoginMachine $login): array
    {
        $result = $login->result();
        $ok = ['outcome' => \strtolower($result->outcome->name)];
        if ($result->secsignId !== null) {
            $ok['authenticated_id'] = $result->secsignId;
        }
        try {
            $challenge = $login->challenge();
            $ok['secsignid'] = $challenge->session->secsignId();
            $ok['authsessionid'] = $challenge->session->authSessionId();
            $ok['access_pass'] = $challenge->accessPassPng() !== null;
        } catch (CountermarkExceptionInterface) {
            // Only a begun login has one.
        }
        return $ok;
    }

    /**
     * Runs a task to its end: the first event answers the first request, the first of `store` the first call of the store, and so on.
     *
     * @return array{list<array<string, mixed>>, list<array<string, mixed>>, int} what it sent, what it stored, and when it ended
     */
    private static function drive(LoginMachine $login, Fields $fields, int $nowMs): array
    {
        $events = $fields->objects('events');
        $repeat = $fields->flagOrNull('repeat') === true;
        $abortMs = $fields->intOrNull('abort_ms');
        $refusals = $fields->list('store');
        $requests = [];
        $store = [];
        while (($step = $login->poll($nowMs)) !== null) {
            if ($step instanceof Reserve || $step instanceof Release) {
                $refusal = self::refusal($refusals[\count($store)] ?? null);
                $store[] = $step instanceof Reserve
                    ? ['at_ms' => $nowMs, 'reserve' => $step->key, 'until_ms' => $step->untilMs]
                    : ['at_ms' => $nowMs, 'release' => $step->key];
                $login->onStore($refusal, $nowMs);
                continue;
            }
            $event = null;
            $dueMs = $step;
            if ($step instanceof HttpRequest) {
                $event = $events[\count($requests)] ?? ($repeat && $events !== [] ? \end($events) : throw new BadRequest());
                $requests[] = ['at_ms' => $nowMs, 'url' => $step->url, 'body' => $step->body];
                $dueMs = $nowMs + ($event->intOrNull('after_ms') ?? 0);
            }
            if ($abortMs !== null && $abortMs <= $dueMs) {
                $nowMs = $abortMs;
                $abortMs = null;
                $login->abort($nowMs);
                continue;
            }
            $nowMs = $dueMs;
            if ($event !== null) {
                self::feed($login, $event, $nowMs);
            }
        }
        return [$requests, $store, $nowMs];
    }

    private static function refusal(mixed $name): ?ErrorCode
    {
        return match ($name) {
            null => null,
            'REPLAYED' => ErrorCode::Replayed,
            'STORE_UNAVAILABLE' => ErrorCode::StoreUnavailable,
            default => throw new BadRequest(),
        };
    }

    private static function feed(LoginMachine $login, Fields $event, int $nowMs): void
    {
        $failure = $event->textOrNull('failure');
        if ($failure !== null) {
            $login->onTransportFailure(self::failure($failure, $event->text('phase')), $nowMs);
            return;
        }
        $body = $event->textOrNull('body') ?? $event->bytes('body_base64');
        $login->onResponse(new HttpReply($event->countOrNull('status') ?? 200, $body), $nowMs);
    }

    public static function failure(string $kind, string $phase): TransportFailure
    {
        return new TransportFailure(
            match ($kind) {
                'timeout' => FailureKind::Timeout,
                'unreachable' => FailureKind::Unreachable,
                'tls' => FailureKind::Tls,
                default => throw new BadRequest(),
            },
            match ($phase) {
                'not_sent' => FailurePhase::NotSent,
                'maybe_sent' => FailurePhase::MaybeSent,
                default => throw new BadRequest(),
            },
        );
    }

    /** The service of a request. The requests that carry no name and address may leave them out. */
    public static function service(Fields $fields): LoginService
    {
        $either = static fn (string $name, string $wireName): ?string =>
            $fields->textOrNull($name) ?? $fields->textOrNull($wireName);
        $absent = $fields->textOrNull('request') === 'start' ? '' : 'x';
        return new LoginService(
            $either('service_name', 'servicename') ?? $absent,
            $either('service_address', 'serviceaddress') ?? $absent,
            server: $fields->textOrNull('server'),
            fallback: $fields->textOrNull('fallback'),
            pluginName: $either('plugin_name', 'pluginname'),
            showAccessPass: $fields->flagOrNull('show_access_pass') ?? $fields->flagOrNull('showaccesspass'),
            allowPriorityCode: $fields->flagOrNull('allow_priority_code') ?? false,
            apiMethod: $either('api_method', 'apimethod'),
            connectTimeoutMs: $fields->countOrNull('connect_timeout_ms'),
            totalTimeoutMs: $fields->countOrNull('total_timeout_ms'),
        );
    }

    /** A session exists only through a begin, so one is begun and answered here. */
    private static function session(LoginService $service, Fields $fields): AuthSession
    {
        $createdMs = $fields->intOrNull('created_ms') ?? 0;
        $login = LoginMachine::begin($service, $fields->text('secsignid'), $createdMs);
        $login->onStore(null, $createdMs);
        if ($fields->flagOrNull('on_fallback') === true) {
            $login->onTransportFailure(self::failure('unreachable', 'not_sent'), $createdMs);
        }
        $reply = \sprintf(
            'authsessionid=%s&requestid=%s&authsessionstate=1&secsignid=%s',
            $fields->text('authsessionid'),
            $fields->text('requestid'),
            SecSignId::normalize($fields->text('secsignid')),
        );
        $login->onResponse(new HttpReply(200, $reply), $createdMs);
        return $login->challenge()->session;
    }
}
