<?php

// The PHP process: a key a line, which it takes, or what else to do with it; and what came of it.

declare(strict_types=1);

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Store\Once;
use Countermark\Store\RedisReplayStore;

require __DIR__ . '/../../ffi-c/php/tests/autoload.php';

$connect = static function () use ($argv): RedisReplayStore {
    $redis = new Redis();
    $redis->connect($argv[1], 0, 2.0);
    return new RedisReplayStore($redis, 'race:');
};
$reserve = static function (RedisReplayStore $store, string $key): string {
    $nowMs = (int) (\microtime(true) * 1000);
    $untilMs = \str_starts_with($key, 'over-') ? $nowMs - 1 : $nowMs + 600_000;
    (new Once($store))->reserve($key, $untilMs, $nowMs, ErrorCode::Replayed);
    return 'ok';
};
$store = null;
while (($line = \fgets(\STDIN)) !== false) {
    $line = \trim($line);
    [$task, $key] = \str_contains($line, ':') ? \explode(':', $line, 2) : ['reserve', $line];
    try {
        // A request of PHP opens its connection itself.
        $store ??= $connect();
        $said = match ($task) {
            'reserve' => $reserve($store, $key),
            'commit' => $store->commit($key),
            'is_committed' => $store->isCommitted($key),
            'release' => $store->remove($key),
        };
        $said = \is_string($said) ? $said : \json_encode($said);
    } catch (CountermarkExceptionInterface $refused) {
        $said = $refused->errorCode()?->label();
    } catch (\Throwable) {
        $said = 'STORE_UNAVAILABLE';
    }
    $store = $said === 'STORE_UNAVAILABLE' ? null : $store;
    echo "$line $said\n";
}
