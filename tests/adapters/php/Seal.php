<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Login\SealKey;
use Countermark\SessionSealer;

/** `seal.*` */
final class Seal
{
    /** @return array<string, mixed> */
    public static function openForeign(Fields $fields): array
    {
        $key = new SealKey($fields->textOrNull('key_id') ?? '1', $fields->bytes('key_base64'));
        $sealer = new SessionSealer(
            [$key],
            $fields->textOrNull('service_name') ?? '',
            $fields->textOrNull('service_address') ?? '',
            new FixedClock($fields->int('now_ms')),
        );
        $session = $sealer->open($fields->text('token'), $fields->text('binding'));
        return [
            'secsignid' => $session->secsignId(),
            'authsessionid' => $session->authSessionId(),
            'service_name' => $session->serviceName(),
            'service_address' => $session->serviceAddress(),
            'created_at_ms' => $session->createdAtMs(),
        ];
    }
}
