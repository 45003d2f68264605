<?php

declare(strict_types=1);

namespace Countermark\Http;

use Countermark\Clock;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Store\Once;
use Countermark\Store\Release;
use Countermark\Store\Reserve;

/**
 * Runs a step machine to its end. The same few lines drive it in every language.
 *
 * @internal
 */
final class Driver
{
    /** @param ?Once $once the store; without it, a machine that asks for one is told that it is out of reach */
    public function __construct(
        private readonly Transport $transport,
        private readonly Clock $clock,
        private readonly ?Once $once = null,
    ) {
    }

    public function run(Machine $machine): void
    {
        while (($step = $machine->poll($this->clock->nowMs())) !== null) {
            if (\is_int($step)) {
                $this->clock->sleepUntil($step);
            } elseif ($step instanceof HttpRequest) {
                $this->send($machine, $step);
            } else {
                $machine->onStore($this->store($step), $this->clock->nowMs());
            }
        }
    }

    private function send(Machine $machine, HttpRequest $request): void
    {
        try {
            $reply = $this->transport->send($request);
        } catch (TransportFailure $failure) {
            $machine->onTransportFailure($failure, $this->clock->nowMs());
            return;
        }
        $machine->onResponse($reply, $this->clock->nowMs());
    }

    private function store(Reserve|Release $step): ?ErrorCode
    {
        try {
            if ($this->once === null) {
                return ErrorCode::StoreUnavailable;
            }
            if ($step instanceof Reserve) {
                $this->once->reserve($step->key, $step->untilMs, $this->clock->nowMs(), ErrorCode::Replayed);
            } else {
                $this->once->free($step->key);
            }
            return null;
        } catch (CountermarkExceptionInterface $refused) {
            return $refused->errorCode() ?? ErrorCode::StoreUnavailable;
        }
    }
}
