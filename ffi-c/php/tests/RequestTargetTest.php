<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Psr15\SignedQueryMiddleware;
use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\RequestTarget;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use Countermark\WebhookVerifier;
use GuzzleHttp\Psr7\ServerRequest as GuzzleRequest;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;

/** Senders sign the address as they wrote it, and PSR-7 libraries write it anew. */
final class RequestTargetTest extends TestCase
{
    private const ORIGIN = 'https://hooks.example';

    /** @return iterable<string, array{string}> */
    public static function targets(): iterable
    {
        foreach (['/in', '/in?ids[]=1', '/in?x=a|b', '/in?x={id}', '/in?x="q"', '/in?name=José', '/café?x=1', '/h^k', '//in?x=1', '/in?', '/in?to=a@b.c:1/2?3'] as $target) {
            yield $target => [$target];
        }
    }

    /** @dataProvider targets */
    public function testTheUrlIsTheOneThatCame(string $target): void
    {
        $keys = [new WebhookKey('k', '12345')];
        $body = 'CallSid=CA1';
        $form = [['Content-Type', 'application/x-www-form-urlencoded']];
        $signed = (new WebhookSigner('twilio', $keys))->sign(new WebhookRequest($form, 'POST', self::ORIGIN . $target), $body);
        $verifier = new WebhookVerifier('twilio', $keys);
        foreach ([$target, "http://evil.example$target"] as $noted) {
            foreach ($this->requests('POST', $target, $noted) as $request) {
                foreach ([...$form, ...$signed->headers] as [$name, $value]) {
                    $request = $request->withHeader($name, $value);
                }
                $received = WebhookRequest::fromPsr7($request, self::ORIGIN);
                self::assertSame(self::ORIGIN . $target, $received->url);
                self::assertSame('k', $verifier->verify($received, $body)->keyId());
            }
        }
    }

    public function testTheQueryOfALinkIsTheOneThatCame(): void
    {
        $key = new QueryKey('k', \str_repeat('secret', 6));
        $middleware = new SignedQueryMiddleware(new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example'), new Psr17Factory());
        $query = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['name' => "Zoë's [x]"]);
        // As a sender may write the same bytes: browsers and mail programs leave these as they are, PSR-7 does not.
        $query = \strtr($query, ['%5B' => '[', '%5D' => ']']);
        foreach ($this->requests('GET', "/login?$query", "/login?$query") as $request) {
            self::assertSame(204, $middleware->process($request, self::handler())->getStatusCode());
        }
    }

    /** One that was made by hand has its URI alone; what is no text is nothing that came. */
    public function testWithoutAWebServerTheUriCounts(): void
    {
        foreach ([[], ['REQUEST_URI' => ''], ['REQUEST_URI' => ['/x?y']]] as $server) {
            $request = new ServerRequest('POST', 'http://10.0.0.7/in?x=1', [], null, '1.1', $server);
            $received = WebhookRequest::fromPsr7($request, self::ORIGIN);
            self::assertSame([self::ORIGIN . '/in?x=1', 'x=1'], [$received->url, $received->query]);
        }
        $received = WebhookRequest::fromPsr7($request->withRequestTarget('http://10.0.0.7?x=1'), self::ORIGIN);
        self::assertSame(self::ORIGIN . '/?x=1', $received->url);
    }

    /** A rule such as `try_files $uri /index.php?q=$uri&$args` changes the one variable and not the other. */
    public function testWhatTheWebServerAddsIsNotTheSenders(): void
    {
        $swoole = ['REQUEST_URI' => '/in', 'QUERY_STRING' => 'x=1', 'SERVER_SOFTWARE' => 'swoole-http-server'];
        self::assertSame('/in?x=1', RequestTarget::noted($swoole));
        self::assertSame('/in', RequestTarget::noted(['QUERY_STRING' => ''] + $swoole));
        $server = ['REQUEST_URI' => '/in?x=1', 'QUERY_STRING' => 'q=/in&x=1'];
        self::assertSame('x=1', WebhookRequest::fromPsr7(new ServerRequest('GET', '/in?q=/in&x=1', [], null, '1.1', $server))->query);
        $before = $_SERVER;
        $queries = [];
        foreach ([$server, ['REQUEST_URI' => '/in', 'QUERY_STRING' => 'q=/in'], ['QUERY_STRING' => 'x=1'], []] as $_SERVER) {
            $queries[] = WebhookRequest::fromGlobals()->query;
        }
        $_SERVER = $before;
        self::assertSame(['x=1', '', 'x=1', null], $queries);
    }

    public function testAPlainSiteTakesAWholeUrlToo(): void
    {
        $before = $_SERVER;
        $_SERVER = ['REQUEST_METHOD' => 'GET', 'REQUEST_URI' => 'http://evil.example/in?x=1', 'QUERY_STRING' => 'x=1'];
        $received = WebhookRequest::fromGlobals(self::ORIGIN);
        $_SERVER = $before;
        self::assertSame([self::ORIGIN . '/in?x=1', 'x=1'], [$received->url, $received->query]);
    }

    /** @return list<ServerRequestInterface> of two libraries, as they make them for a web request */
    private function requests(string $method, string $target, string $noted): array
    {
        $before = $_SERVER;
        $_SERVER = ['REQUEST_METHOD' => $method, 'REQUEST_URI' => $noted, 'HTTP_HOST' => '10.0.0.7', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
        $_SERVER['QUERY_STRING'] = \explode('?', $target, 2)[1] ?? '';
        $requests = [(new Psr17Factory())->createServerRequest($method, "http://10.0.0.7$target", $_SERVER), GuzzleRequest::fromGlobals()];
        $_SERVER = $before;
        return $requests;
    }

    private static function handler(): RequestHandlerInterface
    {
        return new class () implements RequestHandlerInterface {
            public function handle(ServerRequestInterface $request): ResponseInterface
            {
                return (new Psr17Factory())->createResponse(204);
            }
        };
    }
}
