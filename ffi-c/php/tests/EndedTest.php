<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use PHPUnit\Framework\TestCase;

/** Work that PHP ends without `catch` and `finally`: the sender may try again, or has heard that it is done. */
final class EndedTest extends TestCase
{
    private const PAGE = <<<'PHP'
        ini_set('display_errors', $_GET['shown'] ?? '0');
        $factory = new Nyholm\Psr7\Factory\Psr17Factory();
        $store = new Countermark\Store\FileReplayStore(__DIR__ . '/keys');
        $options = new Countermark\Webhook\WebhookOptions(maxBodyBytes: 1_000);
        $verifier = new Countermark\WebhookVerifier('github', [new Countermark\Webhook\WebhookKey('k', 'a-secret-of-this-test')], $options, $store, 60);
        $handler = new class ($factory) implements Psr\Http\Server\RequestHandlerInterface {
            public function __construct(private $factory)
            {
            }

            public function handle(Psr\Http\Message\ServerRequestInterface $request): Psr\Http\Message\ResponseInterface
            {
                $how = $request->getAttribute(Countermark\Webhook\VerifiedWebhook::class)->body();
                file_put_contents(__DIR__ . '/worked', "x", FILE_APPEND);
                if (str_starts_with($how, 'exit ')) {
                    http_response_code((int) substr($how, 5));
                    exit('own');
                }
                for ($left = 600; $how === 'slow' && $left > 0; $left--) {
                    usleep(100_000);
                    echo str_repeat('.', 8_192);
                    flush();
                }
                ini_set('memory_limit', '24M');
                // In pieces so small that nothing is left.
                for ($kept = new SplDoublyLinkedList(); $how === 'much memory'; $kept[] = 1) {
                }
                $how === 'one large piece' && str_repeat('x', 64 << 20);
                for (set_time_limit(1); $how === 'time';) {
                }
                return $this->factory->createResponse(204);
            }
        };
        $middleware = new Countermark\Psr15\WebhookMiddleware($verifier, $factory, $factory);
        $request = new Nyholm\Psr7\ServerRequest('POST', '/', getallheaders(), file_get_contents('php://input'));
        http_response_code($middleware->process($request, $handler)->getStatusCode());
        PHP;

    /** @return iterable<string, array{string, list<int>, int, 3?: string, 4?: bool}> */
    public static function ends(): iterable
    {
        yield 'exit with a failure' => ['exit 503', [503, 503], 2];
        yield 'exit when it is done' => ['exit 202', [202, 200], 1];
        yield 'one large piece of memory' => ['one large piece', [500, 500], 2];
        yield 'much memory' => ['much memory', [500, 500], 2];
        yield 'time' => ['time', [500, 500], 2];
        // There, PHP says 200.
        yield 'time, with the error on the page' => ['time', [200, 200], 2, '?shown=1'];
        // PHP ends what writes to nobody, and says 200, too.
        yield 'a sender that hangs up' => ['slow', [200, 200], 2, '', true];
        yield 'no end' => ['none', [204, 200], 1];
    }

    /**
     * @param list<int> $statuses
     *
     * @dataProvider ends
     */
    public function testTheKeyIsGivenBackOrKept(string $how, array $statuses, int $worked, string $query = '', bool $hangsUp = false): void
    {
        $folder = WebServer::folder();
        \file_put_contents("$folder/page.php", "<?php\nrequire " . \var_export(__DIR__ . '/bootstrap.php', true) . ";\n" . self::PAGE);
        $address = '127.0.0.1:' . WebServer::freePort();
        $quiet = [1 => ['file', "$folder/log", 'a'], 2 => ['file', "$folder/log", 'a']];
        $server = \proc_open([\PHP_BINARY, '-d', 'ffi.enable=true', '-S', $address, "$folder/page.php"], $quiet, $pipes);
        self::assertIsResource($server);
        for ($tries = 0; ($socket = @\stream_socket_client("tcp://$address")) === false && $tries < 6_000; $tries++) {
            \usleep(10_000);
        }
        \is_resource($socket) && \fclose($socket);
        $said = [self::sent("http://$address/$query", $how, $hangsUp), self::sent("http://$address/$query", $how, $hangsUp)];
        \proc_terminate($server);
        \proc_close($server);
        self::assertSame([$statuses, $worked], [$said, \strlen((string) @\file_get_contents("$folder/worked"))], (string) \file_get_contents("$folder/log"));
    }

    private static function sent(string $url, string $body, bool $hangsUp): int
    {
        $signed = (new WebhookSigner('github', [new WebhookKey('k', 'a-secret-of-this-test')]))->sign(new WebhookRequest([]), $body);
        $curl = \curl_init($url);
        \curl_setopt_array($curl, [
            \CURLOPT_POSTFIELDS => $body,
            // At the first bytes.
            \CURLOPT_WRITEFUNCTION => static fn (\CurlHandle $curl, string $bytes): int => $hangsUp ? 0 : \strlen($bytes),
            \CURLOPT_HTTPHEADER => ['Content-Type: text/plain', ...\array_map(static fn (array $it): string => "$it[0]: $it[1]", $signed->headers)],
        ]);
        \curl_exec($curl);
        return \curl_getinfo($curl, \CURLINFO_RESPONSE_CODE);
    }
}
