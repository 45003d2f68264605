<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Handle;
use Countermark\Login\AccessPass;
use Countermark\Login\RequestKind;
use Countermark\Login\ServerReply;
use Countermark\Login\State;
use FFI;

/** `ffi-c/src/login/link.rs` and `login/reply.rs` */
trait Replies
{
    public function normalizeSecsignId(string $secsignId): string
    {
        $secsignId = $this->sent($secsignId);
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_normalize_secsign_id($secsignId, \strlen($secsignId), $place, $error = $this->errorPlace()), $error);
        return $this->bytes($place);
    }

    public function serverReplyParse(RequestKind $kind, #[\SensitiveParameter] string $body): ServerReply
    {
        $place = $this->place('countermark_server_reply');
        $this->check($this->ffi->countermark_server_reply_parse($kind->value, $body, \strlen($body), $place, $error = $this->errorPlace()), $error);
        $reply = $this->owned('countermark_server_reply', $place);
        $view = $this->ffi->new('countermark_server_reply_view');
        $this->check($this->ffi->countermark_server_reply_read($reply->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new ServerReply(
            $this->text($view->secsign_id),
            $this->text($view->auth_session_id),
            $this->text($view->request_id),
            $this->text($view->service_name),
            $this->text($view->service_address),
            State::tryFrom($view->state),
            $this->text($view->access_pass_base64),
            $view->unknown_fields,
        );
    }

    public function accessPassFromBase64(string $base64): AccessPass
    {
        $place = $this->place('countermark_access_pass');
        $this->check($this->ffi->countermark_access_pass_from_base64($base64, \strlen($base64), $place, $error = $this->errorPlace()), $error);
        $pass = $this->owned('countermark_access_pass', $place);
        $view = $this->ffi->new('countermark_access_pass_view');
        $this->check($this->ffi->countermark_access_pass_read($pass->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new AccessPass(
            $this->someText($view->png),
            $this->someText($view->data_uri),
            $view->width,
            $view->height,
        );
    }

    public function appLinkNew(?string $scheme, string $idServer): Handle
    {
        $place = $this->place('countermark_app_link');
        $this->check($this->ffi->countermark_app_link_new(
            $scheme,
            \strlen($scheme ?? ''),
            $idServer,
            \strlen($idServer),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_app_link', $place);
    }

    public function appLinkAuthenticate(Handle $link, string $secsignId, string $authSessionId, string $returnUrl): string
    {
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_app_link_authenticate(
            $link->pointer,
            $secsignId,
            \strlen($secsignId),
            $authSessionId,
            \strlen($authSessionId),
            $returnUrl,
            \strlen($returnUrl),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->bytes($place);
    }

    public function safeReturnUrl(string $base, string $candidate, string $default): string
    {
        $candidate = $this->sent($candidate);
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_safe_return_url(
            $base,
            \strlen($base),
            $candidate,
            \strlen($candidate),
            $default,
            \strlen($default),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->bytes($place);
    }
}
