<?php

declare(strict_types=1);

namespace Countermark\Http;

/** Why there is no answer. It holds no address and no text of the exchange, so it may be logged. */
final class TransportFailure extends \RuntimeException
{
    public function __construct(
        public readonly FailureKind $kind,
        public readonly FailurePhase $phase,
    ) {
        parent::__construct("{$kind->name}, {$phase->name}");
    }
}
