<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Error\ErrorCode;
use Countermark\Webhook\Cause;
use Countermark\Webhook\HandshakeOrder;
use Countermark\Webhook\KeyEncoding;
use Countermark\Webhook\WebhookAnswer;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookOptions;
use Countermark\Webhook\WebhookRequest;
use Countermark\Webhook\WebhookScheme;
use Countermark\WebhookExplainer;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;

/** `webhook.*` */
final class Webhook
{
    /** @return array<string, mixed> */
    public static function verify(Fields $fields): array
    {
        $verifier = new WebhookVerifier(
            $fields->text('scheme'),
            self::keys($fields),
            self::options($fields),
            clock: new FixedClock($fields->int('now_ms')),
        );
        $verified = $verifier->verify(self::request($fields), $fields->bytes('body_base64'));
        return \array_filter([
            'key_id' => $verified->keyId(),
            'message_id' => $verified->messageId(),
            'timestamp_ms' => $verified->timestampMs(),
            'covers' => $verified->covers(),
            'replay_key' => $verified->replayKey(),
        ], static fn (mixed $value): bool => $value !== null);
    }

    /** @return array<string, mixed> */
    public static function siteOrigin(Fields $fields): array
    {
        $verifier = new WebhookVerifier($fields->text('scheme'), self::keys($fields), self::options($fields));
        return ['origin' => $verifier->siteOrigin($fields->textOrNull('origin'))];
    }

    /** @return array<string, mixed> */
    public static function explain(Fields $fields): array
    {
        $explainer = new WebhookExplainer(
            $fields->text('scheme'),
            self::keys($fields),
            self::options($fields),
            new FixedClock($fields->int('now_ms')),
        );
        $explanation = $explainer->explain(self::request($fields), $fields->bytes('body_base64'));
        return ($explanation->error === null ? [] : ['error' => $explanation->error->label()]) + [
            'verified' => $explanation->error === null,
            'causes' => \array_map(static fn (Cause $cause): string => $cause->name, $explanation->causes),
            'details' => \array_map(self::detail(...), $explanation->causes),
            'complete' => $explanation->complete,
            'body_len' => $explanation->bodyLength,
            'body_sha256' => $explanation->bodySha256,
        ];
    }

    /** @return array<string, mixed> */
    private static function detail(Cause $cause): array
    {
        return ['certainty' => $cause->certainty->value]
            + ($cause->subject === '' ? [] : ['subject' => $cause->subject])
            + ($cause->fits === '' ? [] : ['fits' => $cause->fits])
            + ($cause->unit === '' ? [] : ['amount' => $cause->amount]);
    }

    /** @return array<string, mixed> */
    public static function sign(Fields $fields): array
    {
        $one = $fields->objectOrNull('key');
        $signer = new WebhookSigner(
            $fields->text('scheme'),
            $one === null ? self::keys($fields) : [self::key($one)],
            new FixedClock($fields->int('now_ms')),
        );
        $body = $fields->bytes('body_base64');
        $signed = $signer->sign(self::request($fields), $body, $fields->textOrNull('message_id'));
        return \array_filter([
            'headers' => $signed->headers,
            'url' => $signed->url,
            'query' => $signed->query,
            'body_base64' => $signed->body === null ? null : \base64_encode($signed->body),
        ], static fn (mixed $value): bool => $value !== null);
    }

    /** @return array<string, mixed> */
    public static function handshake(Fields $fields): array
    {
        $scheme = $fields->text('scheme');
        $body = $fields->has('body_base64') ? $fields->bytes('body_base64') : '';
        $answer = WebhookScheme::answerHandshake($scheme, $fields->textOrNull('secret'), self::request($fields), $body);
        return [
            'order' => match (WebhookScheme::handshakeOrder($scheme)) {
                HandshakeOrder::BeforeVerify => 'before_verify',
                HandshakeOrder::AfterVerify => 'after_verify',
                null => null,
            },
            'answer' => $answer === null ? null : self::answer($answer),
            'hands_over_secret' => WebhookScheme::handshakeSecret($scheme, $body) !== null,
        ];
    }

    /** @return array<string, mixed> */
    public static function status(Fields $fields): array
    {
        $scheme = $fields->text('scheme');
        $name = $fields->textOrNull('error');
        if ($name === null) {
            return self::answer(WebhookScheme::success($scheme));
        }
        foreach (ErrorCode::cases() as $code) {
            if ($code->label() === $name) {
                return ['status' => WebhookScheme::errorStatus($scheme, $code)];
            }
        }
        throw new BadRequest();
    }

    /** @return array<string, mixed> */
    private static function answer(WebhookAnswer $answer): array
    {
        return [
            'status' => $answer->status,
            'content_type' => $answer->contentType,
            'body_base64' => \base64_encode($answer->body),
        ];
    }

    /** @return list<WebhookKey> */
    private static function keys(Fields $fields): array
    {
        return \array_map(self::key(...), $fields->objects('keys'));
    }

    private static function key(Fields $fields): WebhookKey
    {
        $encoding = $fields->textOrNull('encoding');
        return new WebhookKey(
            $fields->text('id'),
            $fields->text('secret'),
            $encoding === null ? null : KeyEncoding::tryFrom($encoding) ?? throw new BadRequest(),
            $fields->intOrNull('not_before_ms'),
            $fields->intOrNull('not_after_ms'),
        );
    }

    private static function options(Fields $fields): WebhookOptions
    {
        return new WebhookOptions(
            maxAgeSeconds: $fields->countOrNull('max_age_s'),
            maxFutureSeconds: $fields->countOrNull('max_future_s'),
            checkTime: $fields->flagOrNull('check_time') ?? true,
            maxBodyBytes: $fields->countOrNull('max_body_bytes'),
        );
    }

    private static function request(Fields $fields): WebhookRequest
    {
        $headers = [];
        foreach ($fields->list('headers') as $pair) {
            if (!\is_array($pair) || \count($pair) !== 2 || !\is_string($pair[0]) || !\is_string($pair[1])) {
                throw new BadRequest();
            }
            $headers[] = [$pair[0], $pair[1]];
        }
        return new WebhookRequest(
            $headers,
            $fields->textOrNull('method'),
            $fields->textOrNull('url'),
            $fields->textOrNull('query'),
        );
    }
}
