<?php

// The PHP process: a key a line, and what came of it.

declare(strict_types=1);

use Countermark\Store\RedisReplayStore;

require __DIR__ . '/../../ffi-c/php/tests/autoload.php';

$connect = static function () use ($argv): RedisReplayStore {
    $redis = new Redis();
    $redis->connect($argv[1], 0, 2.0);
    return new RedisReplayStore($redis, 'race:');
};
$store = null;
while (($line = \fgets(\STDIN)) !== false) {
    $key = \trim($line);
    try {
        // A request of PHP opens its connection itself.
        $store ??= $connect();
        $said = $store->add($key, 600) ? 'ok' : 'REPLAYED';
    } catch (\Throwable) {
        $store = null;
        $said = 'STORE_UNAVAILABLE';
    }
    echo "$key $said\n";
}
