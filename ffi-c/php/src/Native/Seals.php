<?php

declare(strict_types=1);

namespace Countermark\Native;

use Countermark\Handle;
use Countermark\Login\SealKey;

/** `ffi-c/src/seal.rs` */
trait Seals
{
    /** @param array<array-key, SealKey> $keys */
    public function sealerNew(array $keys, string $serviceName, string $serviceAddress): Handle
    {
        $keys = $this->ring($keys, SealKey::class, 'keys');
        $kept = [];
        try {
            $list = $keys === [] ? null : $this->ffi->new('countermark_seal_key[' . \count($keys) . ']');
            foreach ($keys as $at => $key) {
                $this->show($list[$at]->id, $key->id, $kept);
                $this->show($list[$at]->secret, $key->secret(), $kept);
                $list[$at]->not_before_ms = $key->notBeforeMs ?? \PHP_INT_MIN;
                $list[$at]->not_after_ms = $key->notAfterMs ?? \PHP_INT_MAX;
            }
            $place = $this->place('countermark_sealer');
            $this->check($this->ffi->countermark_sealer_new(
                $list,
                \count($keys),
                $serviceName,
                \strlen($serviceName),
                $serviceAddress,
                \strlen($serviceAddress),
                $place,
                $error = $this->errorPlace(),
            ), $error);
            return $this->owned('countermark_sealer', $place);
        } finally {
            $this->wipe($kept);
        }
    }

    public function seal(
        Handle $sealer,
        Handle $session,
        #[\SensitiveParameter]
        string $binding,
        string $entropy,
        int $nowMs,
    ): string {
        $place = $this->place('countermark_bytes');
        $this->check($this->ffi->countermark_sealer_seal(
            $sealer->pointer,
            $session->pointer,
            $binding,
            \strlen($binding),
            $entropy,
            \strlen($entropy),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->bytes($place);
    }

    public function sealOpen(
        Handle $sealer,
        #[\SensitiveParameter]
        string $token,
        #[\SensitiveParameter]
        string $binding,
        int $nowMs,
    ): Handle {
        $token = $this->sent($token);
        $place = $this->place('countermark_auth_session');
        $this->check($this->ffi->countermark_sealer_open(
            $sealer->pointer,
            $token,
            \strlen($token),
            $binding,
            \strlen($binding),
            $nowMs,
            $place,
            $error = $this->errorPlace(),
        ), $error);
        return $this->owned('countermark_auth_session', $place);
    }
}
