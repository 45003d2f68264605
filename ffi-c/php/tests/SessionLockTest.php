<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** What the page says of sessions in Redis: with its two settings, and only with both, two clicks at once come one after the other. */
final class SessionLockTest extends TestCase
{
    private const CLICK = <<<'PHP'
        ini_set('session.use_cookies', '0');
        session_id('visitor');
        session_start();
        $asked = $_SESSION['asked'] ?? 0;
        echo "read\n";
        fgets(STDIN);
        $_SESSION['asked'] = $asked + 1;
        echo $_SESSION['asked'], "\n";
        PHP;

    /** By default it is asked for ten times, or a hundred. */
    private const PATIENCE = 300;

    public function testTwoClicksAtOnceAskOneAfterTheOther(): void
    {
        \preg_match_all('/`(redis\.session\.[a-z_]+=-?\d+)`/', (string) \file_get_contents(__DIR__ . '/../README.md'), $settings);
        [, [$locking, $retries]] = $settings;
        self::assertSame(["1\n", "2\n"], self::clicks([$locking, $retries]));
        foreach ([[$locking], [$retries], []] as $less) {
            self::assertSame(["1\n", "1\n"], self::clicks($less));
        }
    }

    /**
     * @param list<string> $settings
     * @return list<string> what two processes say, sorted
     */
    private static function clicks(array $settings): array
    {
        $redis = RedisServer::start();
        $command = [\PHP_BINARY, '-d', 'session.save_handler=redis', '-d', "session.save_path=unix://$redis->socket"];
        foreach ($settings as $setting) {
            \array_push($command, '-d', $setting);
        }
        $clicks = [];
        foreach ([0, 1] as $click) {
            $clicks[$click] = \proc_open([...$command, '-r', self::CLICK], [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes[$click]);
            self::assertIsResource($clicks[$click]);
        }
        $read = self::read($redis, \array_column($pipes, 1));
        $said = [];
        // Who waits for the lock reads once the first has gone on.
        foreach ($read + [false, false] as $click => $hasRead) {
            $hasRead || self::assertSame("read\n", \fgets($pipes[$click][1]));
            \fwrite($pipes[$click][0], "\n");
            $said[] = (string) \stream_get_contents($pipes[$click][1]);
            \proc_close($clicks[$click]);
        }
        \sort($said);
        return $said;
    }

    /**
     * Waits until both have read, or one alone, and the other has asked for the lock more often than any that gives up.
     *
     * @param list<resource> $outputs
     * @return array<int, true> who has read
     */
    private static function read(RedisServer $redis, array $outputs): array
    {
        $client = new \Redis();
        $client->connect($redis->socket);
        $read = [];
        for ($tries = 0; \count($read) < 2 && ($read === [] || self::asked($client) < self::PATIENCE); $tries++) {
            self::assertLessThan(6_000, $tries, 'neither both read, nor one waits');
            $ready = \array_diff_key($outputs, $read);
            \stream_select($ready, $none, $none, 0, 10_000);
            foreach ($ready as $click => $output) {
                self::assertSame("read\n", \fgets($output));
                $read[$click] = true;
            }
        }
        return $read;
    }

    /** How often a click has asked for the lock: nothing else here comes with `SET`. */
    private static function asked(\Redis $client): int
    {
        return \preg_match('/^cmdstat_set:calls=(\d+)/m', (string) $client->rawCommand('INFO', 'commandstats'), $calls) === 1 ? (int) $calls[1] : 0;
    }
}
