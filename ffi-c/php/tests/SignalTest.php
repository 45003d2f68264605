<?php

declare(strict_types=1);

namespace Countermark\Tests;

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

        $handled = 0;
        \pcntl_async_signals(true);
        \pcntl_signal(\SIGUSR1, static function () use (&$handled, $read, $others): void {
            $read($others, 'other');
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
        try {
            do {
                self::assertSame($expected, $read($mine, 'mine'));
            } while ($handled < 1_000);
        } finally {
            \posix_kill($child, \SIGKILL);
            \pcntl_waitpid($child, $status);
            \pcntl_signal(\SIGUSR1, \SIG_DFL);
            \pcntl_async_signals(false);
        }
    }
}
