<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Store\MemoryReplayStore;

/** `replay.run` */
final class Replay
{
    /** @return array<string, mixed> */
    public static function run(Fields $fields): array
    {
        if ($fields->text('store') !== 'memory') {
            throw new BadRequest();
        }
        $memory = new MemoryReplayStore($fields->countOrNull('capacity'));
        return ['results' => \array_map(
            static fn (Fields $event): bool|string => self::step($memory, $event),
            $fields->objects('events'),
        )];
    }

    private static function step(MemoryReplayStore $memory, Fields $event): bool|string
    {
        $key = $event->text('key');
        try {
            switch ($event->text('op')) {
                case 'reserve':
                    $nowMs = $event->int('now_ms');
                    $untilMs = $nowMs + 1000 * $event->int('ttl_s');
                    if (!\is_int($untilMs)) {
                        throw new BadRequest();
                    }
                    $memory->reserve($key, $untilMs, $nowMs);
                    return true;
                case 'commit':
                    return $memory->commit($key);
                case 'is_committed':
                    return $memory->isCommitted($key);
                case 'release':
                    return $memory->release($key);
                default:
                    throw new BadRequest();
            }
        } catch (CountermarkExceptionInterface $error) {
            return Adapter::name($error);
        }
    }
}
