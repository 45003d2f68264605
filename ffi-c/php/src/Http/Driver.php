<?php

declare(strict_types=1);

namespace Countermark\Http;

use Countermark\Clock;

/**
 * Runs a step machine to its end. The same few lines drive it in every language.
 *
 * @internal
 */
final class Driver
{
    public function __construct(
        private readonly Transport $transport,
        private readonly Clock $clock,
    ) {
    }

    /** @return int how long one request may take at most: the times to connect and for the exchange, in milliseconds */
    public function run(Machine $machine): int
    {
        $requestMs = 0;
        while (($step = $machine->poll($this->clock->nowMs())) !== null) {
            if (\is_int($step)) {
                $this->clock->sleepUntil($step);
                continue;
            }
            $requestMs = $step->connectTimeoutMs + $step->totalTimeoutMs;
            try {
                $reply = $this->transport->send($step);
                $machine->onResponse($reply, $this->clock->nowMs());
            } catch (TransportFailure $failure) {
                $machine->onTransportFailure($failure, $this->clock->nowMs());
            }
        }
        return $requestMs;
    }
}
