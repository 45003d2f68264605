<?php

declare(strict_types=1);

namespace Countermark\Webhook;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\RequestTarget;
use Countermark\ServerVariables;
use Psr\Http\Message\ServerRequestInterface;

/** A received request without its body, exactly as it arrived. */
final class WebhookRequest implements \JsonSerializable
{
    /** @var list<array{string, string}> all names and values, in the order of arrival */
    public readonly array $headers;

    /**
     * @param array<array-key, array{string, string}>|array<string, string|array<array-key, string>> $headers all names and values, in the
     *     order of arrival; or as frameworks have them, by name, such as those of `getallheaders()`, `$request->headers->all()` of Symfony
     *     and Laravel, and `$request->get_headers()` of WordPress
     * @param ?string $method needed by few schemes
     * @param ?string $url as the sender called it, which behind a proxy is not the one that the server sees; needed by few
     * @param ?string $query as received, without `?`; without it, that of the URL
     * @throws CountermarkExceptionInterface INVALID_INPUT for other headers
     */
    public function __construct(
        array $headers,
        public readonly ?string $method = null,
        #[\SensitiveParameter]
        public readonly ?string $url = null,
        #[\SensitiveParameter]
        public readonly ?string $query = null,
    ) {
        $this->headers = Headers::pairs($headers);
    }

    /**
     * @param ?string $origin the site's own origin as senders call it, such as `https://hooks.example`: never from a header. Empty: what stands
     *     behind it is the URL, since some schemes sign no more.
     */
    public static function fromPsr7(ServerRequestInterface $request, ?string $origin = null): self
    {
        $headers = [];
        foreach ($request->getHeaders() as $name => $values) {
            foreach ($values as $value) {
                $headers[] = [(string) $name, $value];
            }
        }
        return new self($headers, $request->getMethod(), self::url($origin, RequestTarget::of($request)), RequestTarget::query($request));
    }

    /**
     * This web request, for sites without PSR-7. PHP itself joins repeated headers, or keeps the last. The two schemes that sign in
     * `Authorization` need `CGIPassAuth On` where Apache hands requests to php-fpm.
     *
     * @param ?string $origin as `fromPsr7`
     */
    public static function fromGlobals(?string $origin = null): self
    {
        $server = ServerVariables::all();
        $headers = [];
        foreach ($server as $name => $value) {
            $name = (string) $name;
            if (\str_starts_with($name, 'HTTP_')) {
                $headers[\substr($name, 5)] = $value;
            }
        }
        // These two come by their own names, empty if there are none, and from PHP's own server by the others as well.
        foreach (['CONTENT_TYPE', 'CONTENT_LENGTH'] as $name) {
            unset($headers[$name]);
            if (($server[$name] ?? '') !== '') {
                $headers[$name] = $server[$name];
            }
        }
        $authorization = $server['REDIRECT_HTTP_AUTHORIZATION'] ?? self::apacheAuthorization();
        if ($authorization !== null) {
            $headers['AUTHORIZATION'] ??= $authorization;
        }
        $pairs = [];
        foreach ($headers as $name => $value) {
            $pairs[] = [\strtr((string) $name, '_', '-'), $value];
        }
        return new self(
            $pairs,
            $server['REQUEST_METHOD'] ?? null,
            self::url($origin, RequestTarget::noted($server) ?? ''),
            RequestTarget::notedQuery($server) ?? $server['QUERY_STRING'] ?? null,
        );
    }

    private static function url(?string $origin, string $target): ?string
    {
        return $origin === null ? null : \rtrim($origin, '/') . $target;
    }

    /** Apache keeps this header back from CGI variables; its module of PHP has it still. */
    private static function apacheAuthorization(): ?string
    {
        $headers = \function_exists('apache_request_headers') ? \array_change_key_case(\apache_request_headers() ?: []) : [];
        return $headers['authorization'] ?? null;
    }

    /** @return array<string, int|string|null> */
    public function __debugInfo(): array
    {
        return ['method' => $this->method, 'headers' => \count($this->headers)];
    }

    /**
     * What loggers write of an object is its JSON.
     *
     * @return array<string, int|string|null>
     */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}
