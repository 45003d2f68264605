<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** What the pages say that is no whole program, as it stands there, in a process of its own. The whole program is in `PackageTest`. */
final class ReadmeTest extends TestCase
{
    private const USES = <<<'PHP'
        use Countermark\Error\CountermarkExceptionInterface;
        use Countermark\Error\ErrorCode;
        use Countermark\Login\LoginService;
        use Countermark\Login\SealKey;
        use Countermark\LoginClient;
        use Countermark\Psr15\LoginState;
        use Countermark\SecureSign\Environment;
        use Countermark\SecureSign\HashAlgorithm;
        use Countermark\SecureSign\Platform;
        use Countermark\SecureSign\SecureSignConfig;
        use Countermark\SecureSign\SecureSignHint;
        use Countermark\SecureSign\SecureSignRequest;
        use Countermark\SecureSignClient;
        use Countermark\SessionSealer;
        use Countermark\Store\RedisReplayStore;
        use Countermark\Webhook\HandshakeOrder;
        use Countermark\Webhook\WebhookAnswer;
        use Countermark\Webhook\WebhookKey;
        use Countermark\Webhook\WebhookRequest;
        use Countermark\Webhook\WebhookScheme;
        use Countermark\WebhookVerifier;
        use Psr\Http\Message\ServerRequestInterface;

        PHP;

    /** As php://input, which is empty here, and an empty body has no copies. */
    private const INPUT = 'class Input { public static $sent = "{}"; private $at = 0; public $context; function stream_open() { return true; } '
        . 'function stream_eof() { return $this->at >= strlen(self::$sent); } '
        . 'function stream_read($length) { $text = substr(self::$sent, $this->at, $length); $this->at += strlen($text); return $text; } '
        . 'function stream_stat() { return []; } } stream_wrapper_unregister("php"); stream_wrapper_register("php", "Input");';

    public function testALoginAndThePageThatFollowsOne(): void
    {
        $emulator = Emulator::start(['--approve-after', '0']);
        $login = \str_replace('https://id.example.com', \rtrim($emulator->url, '/'), self::snippet(__DIR__ . '/../README.md', '$service = '));
        $said = self::said([
            'ob_start(); ini_set("session.save_path", sys_get_temp_dir());',
            '$_POST = ["secsignid" => "alice"]; [$visitorCookie, $thirtyTwoBytes] = ["cookie", random_bytes(32)];',
            $login,
            'echo "$secsignId\n"; $client->release($challenge->session);',
            '$responseFactory = new Nyholm\Psr7\Factory\Psr17Factory();',
            self::snippet(__DIR__ . '/../README.md', '$handler = '),
            '$asked = (new Nyholm\Psr7\ServerRequest("POST", "/login/state"))->withCookieParams(["visitor" => "cookie"]);',
            '$open = $sealer->seal($client->begin("bob")->session, "cookie");',
            'echo $handler->handle($asked->withParsedBody(["token" => $open]))->getBody(), "\n{$_SESSION["member"]}\n"; session_destroy();',
        ]);
        self::assertSame("alice\n{\"state\":\"approved\",\"final\":true,\"next\":\"\\/members\"}\nbob\n", $said);
    }

    public function testASignature(): void
    {
        $emulator = Emulator::start(['--securesign-origin', 'https://shop.example', '--securesign-tenant', 'org_9f2a']);
        $page = \str_replace('https://securesign.example.com/v1', "{$emulator->url}v1", self::snippet(__DIR__ . '/../README.md', '$client = new SecureSign'));
        [$ask, $callback] = \explode("\n\n\$hint", $page);
        $group = self::callbacks();
        $said = self::said([
            'putenv("SECURESIGN_KEY=ss_test_emulator");',
            "\$hash = base64_decode('{$group->request->pending[0]->hash_base64}');",
            "\$certificateDer = base64_decode('{$group->request->certificate_base64}');",
            $ask,
            'echo explode("?", $link)[0], "\n";',
            // The signature of the vector is over this hash, whatever the request is called.
            "parse_str('{$group->tests[0]->request->queries[0]}', \$claim); \$claim = json_decode(base64_decode(\$claim['ss_result']), true);",
            '$claim["requestId"] = $_SESSION["pending"]->requestId;',
            '$_SERVER["QUERY_STRING"] = http_build_query(["ss_result" => base64_encode(json_encode($claim))]);',
            '$_SESSION["pending"] = unserialize(serialize($_SESSION["pending"]));',
            "\$hint$callback",
            'echo strlen($signature), "\n";',
            "try { \$hint$callback } catch (CountermarkExceptionInterface \$refused) { echo \$refused->errorCode()->name, \"\\n\"; }",
            "unset(\$_SESSION['pending']); \$hint$callback",
        ]);
        self::assertSame("securesign://sign\n256\nAlreadyConsumed\nnothing was asked for", $said);
    }

    public function testTheWebhookOfTheFrontPage(): void
    {
        $snippet = self::snippet(__DIR__ . '/../../../README.md', '$keys = ');
        $signature = 'sha256=' . \hash_hmac('sha256', '{}', 'a-secret-of-this-page');
        $said = self::said([
            self::INPUT,
            'putenv("GITHUB_SECRET=a-secret-of-this-page"); function handle(string $body): void { echo "handled\n"; }',
            "\$_SERVER['HTTP_X_HUB_SIGNATURE_256'] = '$signature';",
            $snippet,
            $snippet,
            'echo http_response_code(), "\n"; $_SERVER["HTTP_X_HUB_SIGNATURE_256"] = "sha256=00";',
            $snippet,
            'echo http_response_code(), "\n";',
        ]);
        self::assertSame("handled\n200\n401\n", $said);
    }

    public function testAWebhookByHand(): void
    {
        $said = self::said([
            ...self::byHand('github', 'X_HUB_SIGNATURE_256', 'sha256=' . \hash_hmac('sha256', '{}', 'a-secret-of-this-page')),
            'function handle(string $body): void { global $try; echo "work\n"; $try() && throw new DomainException("the database is away"); }',
            '$try = fn () => true; try { $hook(); } catch (DomainException) { echo http_response_code(), "\n"; }',
            // A copy that comes while the work is under way.
            '$try = function () use ($hook) { global $try; $try = fn () => exit("twice"); $hook(); echo " ", http_response_code(), "\n"; }; $hook();',
            '$hook(); echo http_response_code(), "\n"; $_SERVER["HTTP_X_HUB_SIGNATURE_256"] = "sha256=00"; $hook(); echo " ", http_response_code(), "\n";',
        ]);
        self::assertSame("work\n500\nwork\nrequest could not be verified 409\n200\nrequest could not be verified 401\n", $said);
    }

    public function testAWebhookByHandWhoseWorkExits(): void
    {
        $parts = [
            ...self::byHand('github', 'X_HUB_SIGNATURE_256', 'sha256=' . \hash_hmac('sha256', '{}', 'a-secret-of-this-page')),
            'function handle(string $body): void { echo "work"; exit(); }',
            // Called last.
            'register_shutdown_function(function () use ($redis) { register_shutdown_function(function () use ($redis) { echo count($redis->keys("*")); }); });',
            '$hook();',
        ];
        self::assertSame('work0', self::said($parts));
    }

    /** What is asked first reaches no work, and may come again. */
    public function testAHandshakeByHand(): void
    {
        $said = self::said([
            ...self::byHand('slack', 'X_SLACK_SIGNATURE', ''),
            'Input::$sent = \'{"type":"url_verification","challenge":"abc","token":"t"}\'; $_SERVER["HTTP_X_SLACK_REQUEST_TIMESTAMP"] = (string) time();',
            '$base = "v0:{$_SERVER["HTTP_X_SLACK_REQUEST_TIMESTAMP"]}:" . Input::$sent;',
            '$_SERVER["HTTP_X_SLACK_SIGNATURE"] = "v0=" . hash_hmac("sha256", $base, "a-secret-of-this-page");',
            'function handle(string $body): void { echo "work"; }',
            '$hook(); echo " ", http_response_code(), "\n"; $hook(); echo " ", http_response_code(), "\n";',
        ]);
        self::assertSame("abc 200\nabc 200\n", $said);
    }

    /** @return list<string> */
    private static function byHand(string $scheme, string $header, string $signature): array
    {
        return [
            'ob_start();',
            self::INPUT,
            "\$scheme = '$scheme'; \$handshakeSecret = null; \$keys = [new WebhookKey('1', 'a-secret-of-this-page')]; \$_SERVER['HTTP_$header'] = '$signature';",
            '$_SERVER["REQUEST_METHOD"] = "POST"; ini_set("error_log", "/dev/null");',
            '$hook = function () use ($redis, $keys, $scheme, $handshakeSecret) { ' . self::snippet(__DIR__ . '/../README.md', '$verifier = ') . '};',
        ];
    }

    /** The vectors of callbacks. */
    private static function callbacks(): \stdClass
    {
        $vectors = \json_decode((string) \file_get_contents(__DIR__ . '/../../../tests/vectors/securesign.json'), false, 512, \JSON_THROW_ON_ERROR);
        foreach ($vectors->testGroups as $group) {
            if ($group->request->op === 'securesign.callback') {
                return $group;
            }
        }
        self::fail('no vectors of callbacks');
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
