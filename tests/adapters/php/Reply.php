<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Login\AccessPass;
use Countermark\Login\RequestKind;
use Countermark\Login\SecSignId;
use Countermark\Login\ServerReply;

/** `reply.*`, `access_pass.*`, `ident.*` */
final class Reply
{
    /** @return array<string, mixed> */
    public static function parse(Fields $fields): array
    {
        $kind = match ($fields->text('request')) {
            'start' => RequestKind::Start,
            'state' => RequestKind::State,
            'cancel' => RequestKind::Cancel,
            'release' => RequestKind::Release,
            default => throw new BadRequest(),
        };
        $reply = ServerReply::parse($kind, $fields->bytes('body_base64'));
        return \array_filter([
            'secsignid' => $reply->secsignId,
            'authsessionid' => $reply->authSessionId,
            'requestid' => $reply->requestId,
            'servicename' => $reply->serviceName,
            'serviceaddress' => $reply->serviceAddress,
            'access_pass_base64' => $reply->accessPassBase64,
            'state' => $reply->state?->value,
            'unknown_fields' => $reply->unknownFields > 0 ? $reply->unknownFields : null,
        ], static fn (mixed $value): bool => $value !== null);
    }

    /** @return array<string, mixed> */
    public static function accessPass(Fields $fields): array
    {
        $pass = AccessPass::fromBase64($fields->text('icon'));
        return ['width' => $pass->width, 'height' => $pass->height, 'data_uri' => $pass->dataUri];
    }

    /** @return array<string, mixed> */
    public static function ident(Fields $fields): array
    {
        return ['secsignid' => SecSignId::normalize($fields->text('secsignid'))];
    }
}
