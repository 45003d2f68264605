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

/** A worker with `pcntl_async_signals` runs its handler between any two steps, such as a call of the library and the reading of its result. */
final class SignalTest extends TestCase
{
    public function testAHandlerThatVerifiesChangesNothingUnderneath(): void
    {
        $key = new QueryKey('k', \str_repeat('secret', 6));
        $signer = new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example');
        $queries = new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example');
        $keys = [new WebhookKey('k', \str_repeat('secret', 6))];
        $webhooks = new WebhookVerifier('github', $keys);
        $mine = [$signer->sign(['email' => 'mine@a.example']), (new WebhookSigner('github', $keys))->sign(new WebhookRequest([]), 'mine')->headers];
        $others = [$signer->sign(['email' => 'other@a.example']), (new WebhookSigner('github', $keys))->sign(new WebhookRequest([]), 'other')->headers];
        $read = static function (array $sent, string $body) use ($queries, $webhooks): array {
            $query = $queries->verify($sent[0]);
            $webhook = $webhooks->verify(new WebhookRequest($sent[1]), $body);
            return [$query->get('email'), $query->replayKey(), $webhook->body(), $webhook->replayKey()];
        };
        $expected = $read($mine, 'mine');

        $this->interrupted(static function () use ($read, $others): void {
            $read($others, 'other');
        }, static fn () => self::assertSame($expected, $read($mine, 'mine')));
    }

    /** Each reason is that of the call that was refused, and none stays in memory. */
    public function testAHandlerThatIsRefusedTakesNoReason(): void
    {
        $secret = \str_repeat('secret', 6);
        $queries = new SignedQueryVerifier(QueryProfile::V1, [new QueryKey('k', $secret)], 'https://a.example');
        $github = new WebhookVerifier('github', [new WebhookKey('k', $secret)]);
        $shopify = new WebhookVerifier('shopify', [new WebhookKey('k', $secret)]);
        $reason = static function (\Closure $verify): string {
            try {
                $verify();
                self::fail('nothing is signed');
            } catch (CountermarkExceptionInterface $refused) {
                return $refused->getMessage();
            }
        };
        $mine = static fn (): array => [
            $reason(static fn () => $github->verify(new WebhookRequest([]), '{}')),
            $reason(static fn () => $queries->verify('')),
        ];
        $others = static fn (): array => [
            $reason(static fn () => $shopify->verify(new WebhookRequest([]), '{}')),
            $reason(static fn () => $queries->verify('cm_key=x&cm_key=y')),
        ];
        $expected = $mine();
        self::assertSame([], \array_intersect($expected, $others()), 'reasons that can be told apart');
        $this->interrupted($others, static fn () => self::assertSame($expected, $mine()));
    }

    /** @param \Closure(): mixed $handler */
    private function interrupted(\Closure $handler, \Closure $work): void
    {
        $handled = 0;
        \pcntl_async_signals(true);
        \pcntl_signal(\SIGUSR1, static function () use (&$handled, $handler): void {
            $handler();
            $handled++;
        });
        $parent = (int) \getmypid();
        $child = \pcntl_fork();
        if ($child === 0) {
            \pcntl_signal(\SIGUSR1, \SIG_IGN);
            while (\posix_kill($parent, \SIGUSR1)) {
                \usleep(200);
            }
            \pcntl_exec('/bin/true');
        }
        $round = static function (int $signals) use (&$handled, $work): void {
            for ($end = $handled + $signals; $handled < $end;) {
                $work();
            }
        };
        try {
            $round(500);
            MemoryTest::assertFlatAfter(static fn () => $round(4_500));
        } finally {
            \posix_kill($child, \SIGKILL);
            \pcntl_waitpid($child, $status);
            \pcntl_signal(\SIGUSR1, \SIG_DFL);
            \pcntl_async_signals(false);
        }
    }
}
