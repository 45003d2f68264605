<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Handle;
use Countermark\Http\FailureKind;
use Countermark\Http\FailurePhase;
use Countermark\Http\HttpRequest;
use Countermark\Login\LoginOutcome;
use Countermark\Login\LoginResult;
use Countermark\Login\LoginService;
use Countermark\Store\Release;
use Countermark\Store\Reserve;
use FFI;

/** `ffi-c/src/login.rs` */
trait Logins
{
    public function loginServiceNew(LoginService $service): Handle
    {
        $kept = [];
        $config = $this->ffi->new('countermark_login_config');
        $this->show($config->server, $service->server, $kept);
        $this->show($config->fallback, $service->fallback, $kept);
        $this->show($config->service_name, $service->serviceName, $kept);
        $this->show($config->service_address, $service->serviceAddress, $kept);
        $this->show($config->plugin_name, $service->pluginName, $kept);
        $this->show($config->api_method, $service->apiMethod, $kept);
        $config->show_access_pass = $service->showAccessPass === null ? self::UNSET : (int) $service->showAccessPass;
        $config->allow_priority_code = (int) $service->allowPriorityCode;
        $config->connect_timeout_ms = $this->span($service->connectTimeoutMs);
        $config->total_timeout_ms = $this->span($service->totalTimeoutMs);
        $place = $this->place('countermark_login_service');
        $this->check($this->ffi->countermark_login_service_new(FFI::addr($config), $place, $error = $this->errorPlace()), $error);
        return $this->owned('countermark_login_service', $place);
    }

    public function loginBegin(Handle $service, string $secsignId, int $nowMs): Handle
    {
        $secsignId = $this->sent($secsignId);
        $place = $this->place('countermark_login');
        $this->check($this->ffi->countermark_login_begin(
            $service->pointer,
            $secsignId,
            \strlen($secsignId),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_login', $place);
    }

    public function loginCheck(Handle $service, Handle $session, int $nowMs): Handle
    {
        $place = $this->place('countermark_login');
        $this->check($this->ffi->countermark_login_check(
            $service->pointer,
            $session->pointer,
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_login', $place);
    }

    public function loginWait(Handle $service, Handle $session, ?int $deadlineMs, int $nowMs): Handle
    {
        $place = $this->place('countermark_login');
        $this->check($this->ffi->countermark_login_wait(
            $service->pointer,
            $session->pointer,
            $deadlineMs ?? \PHP_INT_MAX,
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_login', $place);
    }

    public function loginCancel(Handle $service, Handle $session, int $nowMs): Handle
    {
        $place = $this->place('countermark_login');
        $this->check($this->ffi->countermark_login_cancel(
            $service->pointer,
            $session->pointer,
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_login', $place);
    }

    public function loginRelease(Handle $service, Handle $session, int $nowMs): Handle
    {
        $place = $this->place('countermark_login');
        $this->check($this->ffi->countermark_login_release(
            $service->pointer,
            $session->pointer,
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_login', $place);
    }

    /** What to do now, as `Machine::poll` says. */
    public function loginPoll(Handle $login, int $nowMs): HttpRequest|Reserve|Release|int|null
    {
        $step = $this->ffi->new('countermark_step');
        $this->check($this->ffi->countermark_login_poll($login->pointer, $nowMs, FFI::addr($step), $error = $this->errorPlace()), $error);
        return $this->step($step);
    }

    public function loginOnResponse(Handle $login, int $status, #[\SensitiveParameter] string $body, int $nowMs): void
    {
        $this->check($this->ffi->countermark_login_on_response(
            $login->pointer,
            $status,
            $body,
            \strlen($body),
            $nowMs,
            $error = $this->errorPlace(),
        ), $error);
    }

    public function loginOnTransportError(Handle $login, FailureKind $kind, FailurePhase $phase, int $nowMs): void
    {
        $this->check($this->ffi->countermark_login_on_transport_error(
            $login->pointer,
            $kind->value,
            $phase->value,
            $nowMs,
            $error = $this->errorPlace(),
        ), $error);
    }

    public function loginOnStore(Handle $login, int $status, int $nowMs): void
    {
        $this->check($this->ffi->countermark_login_on_store($login->pointer, $status, $nowMs, $error = $this->errorPlace()), $error);
    }

    public function loginAbort(Handle $login, int $nowMs): void
    {
        $this->check($this->ffi->countermark_login_abort($login->pointer, $nowMs, $error = $this->errorPlace()), $error);
    }

    public function loginResult(Handle $login): LoginResult
    {
        $outcome = $this->ffi->new('countermark_login_outcome');
        $this->check($this->ffi->countermark_login_get_outcome($login->pointer, FFI::addr($outcome), $error = $this->errorPlace()), $error);
        return new LoginResult($login, LoginOutcome::from($outcome->kind), $this->text($outcome->secsign_id));
    }

    public function loginRequireApproved(Handle $login): string
    {
        $secsignId = $this->ffi->new('countermark_str');
        $this->check($this->ffi->countermark_login_require_approved($login->pointer, FFI::addr($secsignId), $error = $this->errorPlace()), $error);
        return $this->someText($secsignId);
    }

    public function loginRetries(Handle $login): int
    {
        return $this->ffi->countermark_login_retries($login->pointer);
    }

    public function loginChallenge(Handle $login): Handle
    {
        $place = $this->place('countermark_challenge');
        $this->check($this->ffi->countermark_login_challenge($login->pointer, $place, $error = $this->errorPlace()), $error);
        return $this->owned('countermark_challenge', $place);
    }

    public function challengeSession(Handle $challenge): Handle
    {
        $session = $this->ffi->countermark_challenge_session($challenge->pointer);
        return new Handle($session, 'countermark_auth_session_free');
    }

    public function challengeAccessPassPng(Handle $challenge): ?string
    {
        return $this->text($this->ffi->countermark_challenge_access_pass_png($challenge->pointer));
    }

    public function challengeAccessPassDataUri(Handle $challenge): ?string
    {
        return $this->text($this->ffi->countermark_challenge_access_pass_data_uri($challenge->pointer));
    }

    public function authSessionSecsignId(Handle $session): string
    {
        return $this->someText($this->ffi->countermark_auth_session_secsign_id($session->pointer));
    }

    public function authSessionId(Handle $session): string
    {
        return $this->someText($this->ffi->countermark_auth_session_auth_session_id($session->pointer));
    }

    public function authSessionServiceName(Handle $session): string
    {
        return $this->someText($this->ffi->countermark_auth_session_service_name($session->pointer));
    }

    public function authSessionServiceAddress(Handle $session): string
    {
        return $this->someText($this->ffi->countermark_auth_session_service_address($session->pointer));
    }

    public function authSessionCreatedAtMs(Handle $session): int
    {
        return $this->ffi->countermark_auth_session_created_at_ms($session->pointer);
    }
}
