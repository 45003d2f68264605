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
        usleep(300_000);
        $_SESSION['asked'] = $asked + 1;
        echo $_SESSION['asked'], "\n";
        PHP;

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
            $clicks[$click] = \proc_open([...$command, '-r', self::CLICK], [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes[$click]);
            self::assertIsResource($clicks[$click]);
        }
        $said = [];
        foreach ($clicks as $click => $process) {
            $said[] = (string) \stream_get_contents($pipes[$click][1]);
            \proc_close($process);
        }
        \sort($said);
        return $said;
    }
}
