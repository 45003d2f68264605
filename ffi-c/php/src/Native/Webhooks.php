<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Handle;
use Countermark\Webhook\SchemeSpec;
use Countermark\Webhook\SignedWebhook;
use Countermark\Webhook\VerifiedFacts;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use FFI;
use FFI\CData;

/** `ffi-c/src/webhook.rs`, `webhook/config.rs`, `webhook/request.rs`, `webhook/sign.rs` */
trait Webhooks
{
    /** @param array<array-key, WebhookKey> $keys */
    public function webhookVerifierNew(string|SchemeSpec $scheme, array $keys, WebhookOptions $options): Handle
    {
        return $this->webhookNew('countermark_webhook_verifier', $scheme, $keys, $options);
    }

    /** @param array<array-key, WebhookKey> $keys */
    public function webhookSignerNew(string|SchemeSpec $scheme, array $keys): Handle
    {
        return $this->webhookNew('countermark_webhook_signer', $scheme, $keys, new WebhookOptions());
    }

    /** @param array<array-key, WebhookKey> $keys */
    public function webhookExplainerNew(string|SchemeSpec $scheme, array $keys, WebhookOptions $options): Handle
    {
        return $this->webhookNew('countermark_webhook_explainer', $scheme, $keys, $options);
    }

    /** @param array<array-key, WebhookKey> $keys */
    private function webhookNew(string $type, string|SchemeSpec $scheme, array $keys, WebhookOptions $options): Handle
    {
        $keys = $this->ring($keys, WebhookKey::class, 'keys');
        $kept = [];
        try {
            $config = $this->ffi->new('countermark_webhook_config');
            if (\is_string($scheme)) {
                $this->show($config->scheme, $scheme, $kept);
            } else {
                $spec = $this->schemeSpec($scheme, $kept);
                $config->spec = FFI::addr($spec);
            }
            $list = $keys === [] ? null : $this->ffi->new('countermark_webhook_key[' . \count($keys) . ']');
            foreach ($keys as $at => $key) {
                $this->show($list[$at]->id, $key->id, $kept);
                $this->show($list[$at]->secret, $key->secret(), $kept);
                $this->show($list[$at]->encoding, $key->encoding?->value, $kept);
                $list[$at]->not_before_ms = $key->notBeforeMs ?? \PHP_INT_MIN;
                $list[$at]->not_after_ms = $key->notAfterMs ?? \PHP_INT_MAX;
            }
            if ($list !== null) {
                $config->keys = FFI::addr($list[0]);
                $config->keys_len = \count($keys);
            }
            $config->max_age_s = $this->span($options->maxAgeSeconds);
            $config->max_future_s = $this->span($options->maxFutureSeconds);
            $config->max_body_bytes = $this->span($options->maxBodyBytes);
            $config->ignore_time = (int) !$options->checkTime;
            $place = $this->place($type);
            $new = "{$type}_new";
            $this->check($this->ffi->$new(FFI::addr($config), $place, $error = $this->errorPlace()), $error);
            return $this->owned($type, $place);
        } finally {
            $this->wipe($kept);
        }
    }

    /** @param list<CData> $kept */
    private function schemeSpec(SchemeSpec $spec, array &$kept): CData
    {
        $place = $this->ffi->new('countermark_scheme_spec');
        $this->show($place->id, $spec->id, $kept);
        $this->show($place->signature_header, $spec->signatureHeader, $kept);
        $this->show($place->signature_parameter, $spec->signatureParameter, $kept);
        $this->show($place->prefix, $spec->prefix, $kept);
        $this->show($place->separator, $spec->separator, $kept);
        $this->show($place->encoding, $spec->encoding, $kept);
        $this->show($place->digest, $spec->digest, $kept);
        $this->show($place->hash, $spec->hash, $kept);
        $this->show($place->key, $spec->key?->value, $kept);
        $this->show($place->signed_parts, $spec->signed, $kept);
        $this->show($place->url, $spec->url, $kept);
        $this->show($place->id_header, $spec->idHeader, $kept);
        $this->show($place->time_header, $spec->timeHeader, $kept);
        $this->show($place->time_label, $spec->timeLabel, $kept);
        $this->show($place->time_parameter, $spec->timeParameter, $kept);
        $this->show($place->time_json, $spec->timeJson, $kept);
        $this->show($place->time_unit, $spec->timeUnit, $kept);
        $this->show($place->pairs_only, $spec->pairsOnly, $kept);
        $this->show($place->pairs_except, $spec->pairsExcept, $kept);
        $this->show($place->pairs_text, $spec->pairsText, $kept);
        $this->show($place->pairs_equals, $spec->pairsEquals, $kept);
        $this->show($place->pairs_join, $spec->pairsJoin, $kept);
        $this->show($place->pairs_repeats, $spec->pairsRepeats, $kept);
        $place->max_age_s = $this->span($spec->maxAgeSeconds);
        $place->max_future_s = $this->span($spec->maxFutureSeconds);
        return $place;
    }

    /** @return list<string> */
    public function webhookUnusableKeys(Handle $verifier): array
    {
        $ids = [];
        while (($id = $this->text($this->ffi->countermark_webhook_verifier_unusable_key($verifier->pointer, \count($ids)))) !== null) {
            $ids[] = $id;
        }
        return $ids;
    }

    public function webhookNeedsKeep(Handle $verifier): bool
    {
        return $this->ffi->countermark_webhook_verifier_needs_keep($verifier->pointer) === 1;
    }

    public function webhookSiteOrigin(Handle $verifier, ?string $origin): string
    {
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_webhook_verifier_site_origin(
            $verifier->pointer,
            $origin,
            \strlen($origin ?? ''),
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->bytes($place);
    }

    /**
     * Whether a webhook is good: throws if not. What it says is told by `webhookFacts` for the same request, body and time.
     *
     * Each line here and each argument of the call is felt: a small body is hashed in the time of ten.
     */
    public function webhookCheck(Handle $verifier, WebhookRequest $request, #[\SensitiveParameter] string $body, int $nowMs): void
    {
        $texts = \array_merge(...$request->headers);
        $count = 2 * \count($request->headers);
        // Few schemes sign any of these three.
        if (($request->method ?? $request->url ?? $request->query) !== null) {
            foreach ([$request->method, $request->url, $request->query] as $text) {
                $texts[] = $text === null ? '' : "=$text";
            }
            $count += 3;
        }
        $block = \implode("\0", $texts);
        $status = $this->ffi->countermark_webhook_verifier_check_block(
            $verifier->pointer,
            $block,
            \strlen($block),
            $count,
            $body,
            \strlen($body),
            $nowMs,
        );
        if ($status !== 0) {
            // For the whole error; and for texts that do not fit into a block: a NUL, or bytes that are not UTF-8.
            $this->webhookFacts($verifier, $request, $body, $nowMs);
        }
    }

    public function webhookFacts(
        Handle $verifier,
        WebhookRequest $request,
        #[\SensitiveParameter]
        string $body,
        int $nowMs,
    ): VerifiedFacts {
        $block = null;
        $place = $this->place('countermark_verified_webhook');
        $this->check($this->ffi->countermark_webhook_verifier_verify(
            $verifier->pointer,
            $this->webhookRequest($request, $block),
            $body,
            \strlen($body),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        $webhook = $this->owned('countermark_verified_webhook', $place);
        $view = $this->ffi->new('countermark_verified_webhook_view');
        $this->check($this->ffi->countermark_verified_webhook_read($webhook->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new VerifiedFacts(
            $this->someText($view->scheme),
            $this->someText($view->key_id),
            $this->text($view->message_id),
            $this->text($view->replay_key),
            $this->time($view->timestamp_ms),
            $this->time($view->replay_until_ms),
            $this->readPairs($view->fields, $view->fields_len),
            $this->readTexts($view->covers, $view->covers_len),
            $view->covers_body === 1,
        );
    }

    public function webhookSign(
        Handle $signer,
        WebhookRequest $request,
        #[\SensitiveParameter]
        string $body,
        ?string $messageId,
        int $nowMs,
    ): SignedWebhook {
        $block = null;
        $place = $this->place('countermark_signed_webhook');
        $this->check($this->ffi->countermark_webhook_signer_sign(
            $signer->pointer,
            $this->webhookRequest($request, $block),
            $body,
            \strlen($body),
            $messageId,
            \strlen($messageId ?? ''),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        $signed = $this->owned('countermark_signed_webhook', $place);
        $view = $this->ffi->new('countermark_signed_webhook_view');
        $this->check($this->ffi->countermark_signed_webhook_read($signed->pointer, FFI::addr($view), $error = $this->errorPlace()), $error);
        return new SignedWebhook(
            $this->readPairs($view->headers, $view->headers_len),
            $this->text($view->url),
            $this->text($view->query),
            $this->text($view->body),
        );
    }

    /**
     * Lays a request out in one block: the structure, its list of headers, then all texts. One copy over the border, where
     * a view for each text would need dozens. The block is that of this call alone, for a signal handler may make another.
     *
     * @param ?CData $block what the caller keeps until its call is over
     */
    private function webhookRequest(WebhookRequest $request, ?CData &$block): CData
    {
        $count = \count($request->headers);
        $texts = "$request->method$request->url$request->query" . \implode(\array_merge(...$request->headers));
        $head = \PHP_INT_SIZE * (8 + 4 * $count);
        $block = $this->ffi->new('char[' . ($head + \strlen($texts)) . ']');
        $first = FFI::addr($block[0]);
        $address = $this->ffi->cast('uintptr_t', $first)->cdata;
        $at = $address + $head;
        $words = [0, 0, 0, 0, 0, 0, $address + 8 * \PHP_INT_SIZE, $count];
        foreach ([$request->method, $request->url, $request->query] as $place => $text) {
            if ($text !== null) {
                $words[2 * $place] = $at;
                $at += $words[2 * $place + 1] = \strlen($text);
            }
        }
        foreach ($request->headers as [$name, $value]) {
            $words[] = $at;
            $at += $words[] = \strlen($name);
            $words[] = $at;
            $at += $words[] = \strlen($value);
        }
        FFI::memcpy($block, \pack('Q*', ...$words) . $texts, FFI::sizeof($block));
        return $this->ffi->cast('countermark_webhook_request *', $first);
    }
}
