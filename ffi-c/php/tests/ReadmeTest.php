<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** What the pages say that is no whole program, as it stands there, in a process of its own. The whole program is in `PackageTest`. */
final class ReadmeTest extends TestCase
{
    private const USES = <<<'PHP'
        use Countermark\Error\CountermarkExceptionInterface;
        use Countermark\Login\LoginService;
        use Countermark\Login\SealKey;
        use Countermark\LoginClient;
        use Countermark\Psr15\LoginState;
        use Countermark\SessionSealer;
        use Countermark\Store\RedisReplayStore;
        use Countermark\Webhook\WebhookKey;
        use Countermark\WebhookVerifier;
        use Psr\Http\Message\ServerRequestInterface;

        PHP;

    public function testALoginAndThePageThatFollowsOne(): void
    {
        $emulator = Emulator::start(['--approve-after', '0']);
        $login = \str_replace('https://id.example.com', \rtrim($emulator->url, '/'), self::snippet(__DIR__ . '/../README.md', '$service = '));
        $said = self::said([
            'ob_start(); ini_set("session.save_path", sys_get_temp_dir());',
            '$_POST = ["secsignid" => "alice"]; [$visitorCookie, $thirtyTwoBytes] = ["cookie", random_bytes(32)];',
            $login,
            'echo "$secsignId\n"; $client->release($challenge->session);',
            '$responseFactory = new Nyholm\Psr7\Factory\Psr17Factory(); session_start();',
            self::snippet(__DIR__ . '/../README.md', '$handler = '),
            '$asked = (new Nyholm\Psr7\ServerRequest("POST", "/login/state"))->withCookieParams(["visitor" => "cookie"]);',
            '$open = $sealer->seal($client->begin("bob")->session, "cookie");',
            'echo $handler->handle($asked->withParsedBody(["token" => $open]))->getBody(), "\n{$_SESSION["member"]}\n"; session_destroy();',
        ]);
        self::assertSame("alice\n{\"state\":\"approved\",\"final\":true,\"next\":\"\\/members\"}\nbob\n", $said);
    }

    public function testTheWebhookOfTheFrontPage(): void
    {
        $snippet = self::snippet(__DIR__ . '/../../../README.md', '$keys = ');
        $signature = 'sha256=' . \hash_hmac('sha256', '', 'a-secret-of-this-page');
        $said = self::said([
            'putenv("GITHUB_SECRET=a-secret-of-this-page"); function handle(string $body): void { echo "handled\n"; }',
            "\$_SERVER['HTTP_X_HUB_SIGNATURE_256'] = '$signature';",
            $snippet,
            $snippet,
            'echo http_response_code(), "\n"; $_SERVER["HTTP_X_HUB_SIGNATURE_256"] = "sha256=00";',
            $snippet,
            'echo http_response_code(), "\n";',
        ]);
        self::assertSame("handled\n409\n401\n", $said);
    }

    private static function snippet(string $page, string $start): string
    {
        \preg_match('/```php\n(' . \preg_quote($start, '/') . '.*?)```/s', (string) \file_get_contents($page), $found);
        return $found[1] ?? self::fail("no $start in $page");
    }

    /** @param list<string> $parts */
    private static function said(array $parts): string
    {
        $redis = RedisServer::start();
        $script = WebServer::folder() . '/page.php';
        $begin = "<?php\n" . self::USES . 'require ' . \var_export(__DIR__ . '/bootstrap.php', true)
            . ";\n\$redis = new Redis(); \$redis->connect('$redis->socket');\n";
        \file_put_contents($script, $begin . \implode("\n", $parts));
        $process = \proc_open([\PHP_BINARY, '-d', 'ffi.enable=true', $script], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        self::assertIsResource($process);
        $said = (string) \stream_get_contents($pipes[1]);
        \proc_close($process);
        return $said;
    }
}
