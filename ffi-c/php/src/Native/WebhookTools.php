<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Error\ErrorCode;
use Countermark\Handle;
use Countermark\Webhook\Cause;
use Countermark\Webhook\Certainty;
use Countermark\Webhook\Check;
use Countermark\Webhook\CheckState;
use Countermark\Webhook\Explanation;
use Countermark\Webhook\HandshakeOrder;
use Countermark\Webhook\WebhookAnswer;
use Countermark\Webhook\WebhookRequest;
use Countermark\Webhook\WebhookScheme;
use FFI;
use FFI\CData;

/** `ffi-c/src/webhook/answer.rs`, `webhook/explain.rs`, `webhook/scheme.rs` */
trait WebhookTools
{
    public function webhookHandshakeOrder(string $scheme): ?HandshakeOrder
    {
        return HandshakeOrder::tryFrom($this->ffi->countermark_webhook_handshake_order($scheme, \strlen($scheme)));
    }

    public function webhookHandshakeAnswer(
        string $scheme,
        #[\SensitiveParameter]
        ?string $secret,
        WebhookRequest $request,
        string $body,
    ): ?WebhookAnswer {
        $block = null;
        $place = $this->place('countermark_webhook_answer');
        $this->check($this->ffi->countermark_webhook_handshake_answer(
            $scheme,
            \strlen($scheme),
            $secret,
            \strlen($secret ?? ''),
            $this->webhookRequest($request, $block),
            $body,
            \strlen($body),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $place[0] === null ? null : $this->webhookAnswer($place);
    }

    public function webhookHandshakeSecret(string $scheme, #[\SensitiveParameter] string $body): ?string
    {
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_webhook_handshake_secret(
            $scheme,
            \strlen($scheme),
            $body,
            \strlen($body),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $place[0] === null ? null : $this->bytes($place);
    }

    public function webhookErrorStatus(string $scheme, int $number): int
    {
        return $this->ffi->countermark_webhook_error_status($scheme, \strlen($scheme), $number);
    }

    public function webhookSuccess(string $scheme): WebhookAnswer
    {
        $place = $this->place('countermark_webhook_answer');
        $this->check($this->ffi->countermark_webhook_success($scheme, \strlen($scheme), $place, $error = $this->errorPlace()), $error);
        return $this->webhookAnswer($place);
    }

    private function webhookAnswer(CData $place): WebhookAnswer
    {
        $answer = $this->owned('countermark_webhook_answer', $place);
        $view = $this->ffi->new('countermark_webhook_answer_view');
        $this->check($this->ffi->countermark_webhook_answer_read($answer->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new WebhookAnswer($view->status, $this->someText($view->content_type), $this->someText($view->body));
    }

    public function webhookExplain(
        Handle $explainer,
        WebhookRequest $request,
        #[\SensitiveParameter]
        string $body,
        int $nowMs,
    ): Explanation {
        $block = null;
        $place = $this->place('countermark_webhook_explanation');
        $this->check($this->ffi->countermark_webhook_explainer_explain(
            $explainer->pointer,
            $this->webhookRequest($request, $block),
            $body,
            \strlen($body),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        $explanation = $this->owned('countermark_webhook_explanation', $place);
        $view = $this->ffi->new('countermark_webhook_explanation_view');
        $this->check($this->ffi->countermark_webhook_explanation_read($explanation->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        $causes = [];
        for ($at = 0; $at < $view->causes_len; $at++) {
            $causes[] = $this->cause($view->causes[$at]);
        }
        $checks = [];
        for ($at = 0; $at < $view->checks_len; $at++) {
            $check = $view->checks[$at];
            $checks[] = new Check($this->someText($check->step), CheckState::from($this->someText($check->state)));
        }
        return new Explanation(
            ErrorCode::tryFrom($view->error),
            $this->someText($view->key_id),
            $causes,
            $checks,
            $view->complete === 1,
            $view->body_len,
            $this->someText($view->body_sha256),
        );
    }

    private function cause(CData $cause): Cause
    {
        return new Cause(
            $cause->row->number,
            $this->someText($cause->row->name),
            Certainty::from($this->someText($cause->certainty)),
            $this->someText($cause->row->happened),
            $this->someText($cause->row->remedy),
            $this->someText($cause->subject),
            $this->someText($cause->fits),
            $this->someText($cause->row->unit),
            $cause->amount,
        );
    }

    /** @return list<WebhookScheme> */
    public function webhookSchemes(): array
    {
        $place = $this->place('countermark_webhook_schemes');
        $this->check($this->ffi->countermark_webhook_schemes_new($place, $error = $this->errorPlace()), $error);
        $table = $this->owned('countermark_webhook_schemes', $place);
        $row = $this->ffi->new('countermark_webhook_scheme');
        $schemes = [];
        $count = $this->ffi->countermark_webhook_schemes_len($table->pointer);
        for ($at = 0; $at < $count; $at++) {
            $this->check($this->ffi->countermark_webhook_schemes_row($table->pointer, $at, FFI::addr($row), $error = $this->errorPlace()), $error);
            $schemes[] = new WebhookScheme(
                $this->someText($row->id),
                $this->someText($row->title),
                $this->someText($row->source),
                $this->someText($row->weakness),
                $this->someText($row->signed_parts),
                $this->someText($row->digest),
                $this->someText($row->key),
                $this->readTexts($row->signature_headers, $row->signature_headers_len),
                $this->readTexts($row->covers, $row->covers_len),
                $row->max_age_s === self::UNSET ? null : $row->max_age_s,
                $row->max_future_s === self::UNSET ? null : $row->max_future_s,
            );
        }
        return $schemes;
    }
}
