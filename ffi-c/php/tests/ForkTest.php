<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Login\LoginService;
use Countermark\LoginClient;
use Countermark\Store\MemoryReplayStore;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use PHPUnit\Framework\TestCase;

/** Workers fork after the first call. */
final class ForkTest extends TestCase
{
    public function testChildrenUseWhatTheParentMade(): void
    {
        $keys = [new WebhookKey('k', \str_repeat('secret', 6))];
        $verifier = new WebhookVerifier('github', $keys);
        $headers = (new WebhookSigner('github', $keys))->sign(new WebhookRequest([]), 'body')->headers;
        $request = new WebhookRequest($headers);
        $verifier->verify($request, 'body');

        self::assertSame([0, 0, 0, 0], $this->inChildren(4, static function () use ($verifier, $request): bool {
            return $verifier->verify($request, 'body')->body() === 'body';
        }));
        self::assertSame('body', $verifier->verify($request, 'body')->body());
    }

    public function testChildrenLogInAtTheSameTime(): void
    {
        $emulator = Emulator::start();
        $emulator->control('PUT', 'plan', ['steps' => [['after_polls' => 1, 'action' => 'approve']]]);
        $service = new LoginService('Example', 'https://a.example', server: $emulator->url);
        $client = new LoginClient($service, new MemoryReplayStore());
        $client->cancel($client->begin('before')->session);

        self::assertSame([0, 0, 0, 0], $this->inChildren(4, static function (int $child) use ($client): bool {
            $challenge = $client->begin("child$child");
            return $client->wait($challenge->session)->requireApproved() === "child$child";
        }));
        $client->cancel($client->begin('after')->session);
    }

    /**
     * @param \Closure(int): bool $work
     * @return list<int> exit codes
     */
    private function inChildren(int $count, \Closure $work): array
    {
        $children = [];
        for ($child = 0; $child < $count; $child++) {
            $pid = \pcntl_fork();
            if ($pid === 0) {
                try {
                    $good = $work($child);
                } catch (\Throwable $failed) {
                    \fwrite(\STDERR, "$failed\n");
                    $good = false;
                }
                // Ends without PHPUnit's own end, which is the parent's.
                \pcntl_exec($good ? '/bin/true' : '/bin/false');
            }
            $children[] = $pid;
        }
        return \array_map(static function (int $pid): int {
            \pcntl_waitpid($pid, $status);
            return \pcntl_wexitstatus($status);
        }, $children);
    }
}
