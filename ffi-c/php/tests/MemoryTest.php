<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** Long-running workers do not grow: neither by what is accepted, nor by what is refused. */
final class MemoryTest extends TestCase
{
    public function testQueriesLeaveNothingBehind(): void
    {
        $key = new QueryKey('k', \str_repeat('secret', 6));
        $query = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['email' => 'a@b.example']);
        $this->assertFlat(static function () use ($key, $query): void {
            $verifier = new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example');
            $verifier->verify($query)->fields();
            try {
                $verifier->verify("$query&x=1");
            } catch (CountermarkExceptionInterface) {
            }
        });
    }

    public function testWebhooksLeaveNothingBehind(): void
    {
        $keys = [new WebhookKey('k', \str_repeat('secret', 6))];
        $body = \str_repeat('x', 4096);
        $headers = (new WebhookSigner('github', $keys))->sign(new WebhookRequest([]), $body)->headers;
        $this->assertFlat(static function () use ($keys, $body, $headers): void {
            $verifier = new WebhookVerifier('github', $keys);
            $verifier->verify(new WebhookRequest($headers), $body)->body();
            try {
                $verifier->verify(new WebhookRequest($headers), "$body ");
            } catch (CountermarkExceptionInterface) {
            }
        });
    }

    private function assertFlat(\Closure $work): void
    {
        for ($i = 0; $i < 2_000; $i++) {
            $work();
        }
        self::assertFlatAfter(static function () use ($work): void {
            for ($i = 0; $i < 10_000; $i++) {
                $work();
            }
        });
    }

    /**
     * What is left behind grows with each round, and what PHP takes for itself with one or another.
     *
     * @param \Closure(): void $round
     */
    public static function assertFlatAfter(\Closure $round): void
    {
        $grown = [];
        do {
            $before = self::residentKilobytes();
            $round();
            $grown[] = self::residentKilobytes() - $before;
        } while (\min($grown) >= 256 && \count($grown) < 3);
        self::assertLessThan(256, \min($grown), 'kilobytes more after each of three rounds');
    }

    private static function residentKilobytes(): int
    {
        \gc_collect_cycles();
        \preg_match('/^VmRSS:\s+(\d+) kB/m', (string) \file_get_contents('/proc/self/status'), $found);
        return (int) $found[1];
    }
}
