<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Error\ErrorCode;
use Countermark\Handle;
use Countermark\Http\FailureKind;
use Countermark\Http\FailurePhase;
use Countermark\Http\HttpRequest;
use Countermark\SecureSign\Environment;
use Countermark\SecureSign\HashAlgorithm;
use Countermark\SecureSign\Platform;
use Countermark\SecureSign\Retry;
use Countermark\SecureSign\SecureSignConfig;
use Countermark\SecureSign\SecureSignHint;
use Countermark\SecureSign\SecureSignPending;
use Countermark\SecureSign\SecureSignRequest;
use Countermark\SecureSign\SecureSignResult;
use Countermark\SecureSign\SecureSignSession;
use Countermark\SecureSign\SecureSignValidation;
use Countermark\SecureSign\StoreKey;
use Countermark\Store\Release;
use Countermark\Store\Reserve;
use FFI;
use FFI\CData;

/** `ffi-c/src/securesign.rs` */
trait SecureSigns
{
    public function secureSignClientNew(SecureSignConfig $settings): Handle
    {
        $kept = [];
        try {
            $config = $this->ffi->new('countermark_securesign_config');
            $this->show($config->base_url, $settings->baseUrl, $kept);
            $this->show($config->environment, $settings->environment->value, $kept);
            $this->show($config->api_key, $settings->secret(), $kept);
            $this->show($config->tenant_id, $settings->tenantId, $kept);
            $hosts = $this->texts($settings->callbackHosts, 'callback_hosts', $kept);
            if ($hosts !== null) {
                $config->callback_hosts = FFI::addr($hosts[0]);
                $config->callback_hosts_len = \count($settings->callbackHosts);
            }
            $config->clock_skew_s = $this->span($settings->clockSkewSeconds);
            $place = $this->place('countermark_securesign_client');
            $this->check($this->ffi->countermark_securesign_client_new(FFI::addr($config), $place, $error = $this->errorPlace()), $error);
            return $this->owned('countermark_securesign_client', $place);
        } finally {
            $this->wipe($kept);
        }
    }

    public function secureSignValidate(Handle $client, string $origin, Platform $platform): Handle
    {
        $origin = $this->sent($origin);
        $place = $this->place('countermark_securesign_call');
        $this->check($this->ffi->countermark_securesign_validate(
            $client->pointer,
            $origin,
            \strlen($origin),
            $platform->value,
            \strlen($platform->value),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_securesign_call', $place);
    }

    public function secureSignOpenSession(Handle $client, SecureSignRequest $request): Handle
    {
        $kept = [];
        $wanted = $this->secureSignRequest($request, $kept);
        $place = $this->place('countermark_securesign_call');
        $this->check($this->ffi->countermark_securesign_open_session(
            $client->pointer,
            FFI::addr($wanted),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_securesign_call', $place);
    }

    public function secureSignDeepLink(Handle $client, SecureSignRequest $request, bool $withApiKey): string
    {
        $kept = [];
        $wanted = $this->secureSignRequest($request, $kept);
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_securesign_deep_link(
            $client->pointer,
            FFI::addr($wanted),
            (int) $withApiKey,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->bytes($place);
    }

    /** @param list<CData> $kept */
    private function secureSignRequest(SecureSignRequest $request, array &$kept): CData
    {
        $place = $this->ffi->new('countermark_securesign_request');
        $this->show($place->request_id, $request->requestId, $kept);
        $this->show($place->hash, $request->hash, $kept);
        $this->show($place->algorithm, $request->algorithm->value, $kept);
        $this->show($place->callback_url, $request->callbackUrl, $kept);
        return $place;
    }

    public function secureSignPoll(Handle $call, int $nowMs): HttpRequest|Reserve|Release|int|null
    {
        $step = $this->ffi->new('countermark_step');
        $this->check($this->ffi->countermark_securesign_call_poll($call->pointer, $nowMs, FFI::addr($step), $error = $this->errorPlace()), $error);
        return $this->step($step);
    }

    public function secureSignOnResponse(Handle $call, int $status, #[\SensitiveParameter] string $body, int $nowMs): void
    {
        $this->check($this->ffi->countermark_securesign_call_on_response(
            $call->pointer,
            $status,
            $body,
            \strlen($body),
            $nowMs,
            $error = $this->errorPlace(),
        ), $error);
    }

    public function secureSignOnTransportError(Handle $call, FailureKind $kind, FailurePhase $phase, int $nowMs): void
    {
        $this->check($this->ffi->countermark_securesign_call_on_transport_error(
            $call->pointer,
            $kind->value,
            $phase->value,
            $nowMs,
            $error = $this->errorPlace(),
        ), $error);
    }

    public function secureSignValidation(Handle $call): SecureSignValidation
    {
        $view = $this->ffi->new('countermark_securesign_validation');
        $this->check($this->ffi->countermark_securesign_call_validation($call->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new SecureSignValidation(
            $this->someText($view->tenant_id),
            $view->rpm === self::UNSET ? null : $view->rpm,
        );
    }

    public function secureSignSession(Handle $call): SecureSignSession
    {
        $view = $this->ffi->new('countermark_securesign_session');
        $this->check($this->ffi->countermark_securesign_call_session($call->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        // Read before the next call, which ends the views.
        $sessionId = $this->someText($view->session_id);
        $deepLink = $this->someText($view->deep_link);
        $kept = $this->ffi->new('countermark_securesign_pending');
        $this->check($this->ffi->countermark_securesign_call_pending($call->pointer, FFI::addr($kept), $error = $this->errorPlace()), $error);
        $pending = new SecureSignPending(
            $this->someText($kept->request_id),
            $this->someText($kept->hash),
            HashAlgorithm::from($this->someText($kept->algorithm)),
            $kept->expires_at_ms,
        );
        return new SecureSignSession($sessionId, $view->expires_at_ms, $deepLink, $pending);
    }

    public function secureSignReadCallback(#[\SensitiveParameter] string $query): SecureSignHint
    {
        $query = $this->sent($query);
        $place = $this->place('countermark_securesign_hint');
        $this->check($this->ffi->countermark_securesign_read_callback($query, \strlen($query), $place, $error = $this->errorPlace()), $error);
        $hint = $this->owned('countermark_securesign_hint', $place);
        $view = $this->ffi->new('countermark_securesign_hint_view');
        $this->check($this->ffi->countermark_securesign_hint_read($hint->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new SecureSignHint(
            $hint,
            $this->someText($view->request_id),
            $view->claims_success === 1,
            $this->text($view->code),
            $this->text($view->signature),
            $this->time($view->signed_at_ms),
        );
    }

    public function secureSignComplete(
        Handle $client,
        Handle $hint,
        SecureSignPending $pending,
        string $certificateDer,
        int $nowMs,
    ): SecureSignResult {
        $kept = [];
        $stored = $this->ffi->new('countermark_securesign_pending');
        $this->show($stored->request_id, $pending->requestId, $kept);
        $this->show($stored->hash, $pending->hash, $kept);
        $this->show($stored->algorithm, $pending->algorithm->value, $kept);
        $stored->expires_at_ms = $pending->expiresAtMs;
        $place = $this->place('countermark_securesign_result');
        $this->check($this->ffi->countermark_securesign_complete(
            $client->pointer,
            $hint->pointer,
            FFI::addr($stored),
            $certificateDer,
            \strlen($certificateDer),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        $result = $this->owned('countermark_securesign_result', $place);
        $view = $this->ffi->new('countermark_securesign_result_view');
        $this->check($this->ffi->countermark_securesign_result_read($result->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new SecureSignResult(
            $this->someText($view->request_id),
            $this->someText($view->signature),
            $this->someText($view->certificate_serial),
            new StoreKey($this->someText($view->once_key), $view->once_ttl_s),
        );
    }

    public function secureSignOrigin(string $origin, Environment $environment): string
    {
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_securesign_origin(
            $origin,
            \strlen($origin),
            $environment->value,
            \strlen($environment->value),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->bytes($place);
    }

    public function secureSignCodeName(string $code): string
    {
        return $this->someText($this->ffi->countermark_securesign_code_name($code, \strlen($code)));
    }

    public function secureSignRetry(string $code): Retry
    {
        return Retry::from($this->someText($this->ffi->countermark_securesign_code_retry($code, \strlen($code))));
    }

    public function secureSignPinStatusName(string $status): string
    {
        return $this->someText($this->ffi->countermark_securesign_pin_status_name($status, \strlen($status)));
    }

    public function secureSignPinPermitsSigning(string $status): bool
    {
        return $this->ffi->countermark_securesign_pin_status_permits_signing($status, \strlen($status)) === 1;
    }

    public function secureSignPinSessionIsOpen(int $lastUseMs, ?int $idleMs, int $nowMs): bool
    {
        $open = $this->ffi->new('int32_t');
        $this->check($this->ffi->countermark_securesign_pin_session_is_open(
            $lastUseMs,
            $this->span($idleMs),
            $nowMs,
            FFI::addr($open),
            $error = $this->errorPlace(),
        ), $error);
        return $open->cdata === 1;
    }

    /** @param array<array-key, int> $callsMs */
    public function secureSignRateLimitWaitMs(array $callsMs, int $callsPerMinute, int $nowMs): int
    {
        $count = \count($callsMs);
        $times = $this->ffi->new('int64_t[' . \max(1, $count) . ']');
        foreach ($this->ring($callsMs, 'int', 'calls_ms', ErrorCode::InvalidInput) as $at => $time) {
            $times[$at] = $time;
        }
        $wait = $this->ffi->new('int64_t');
        $this->check($this->ffi->countermark_securesign_rate_limit_wait_ms(
            $times,
            $count,
            $callsPerMinute,
            $nowMs,
            FFI::addr($wait),
            $error = $this->errorPlace(),
        ), $error);
        return $wait->cdata;
    }
}
