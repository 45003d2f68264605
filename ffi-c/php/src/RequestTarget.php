<?php

declare(strict_types=1);

namespace Countermark;

use Psr\Http\Message\ServerRequestInterface;

/**
 * The path and query of a request as they came. A PSR-7 URI has them otherwise: its libraries encode what a sender has signed without, such
 * as the brackets of `ids[]`.
 *
 * @internal
 */
final class RequestTarget
{
    /** What the web server has noted, or else, of a request that was made by hand, its own. */
    public static function of(ServerRequestInterface $request): string
    {
        return self::noted($request->getServerParams()) ?? self::path($request->getRequestTarget());
    }

    /** Without `?`. Not `QUERY_STRING`, which a rule of the web server may have added to. */
    public static function query(ServerRequestInterface $request): string
    {
        return self::notedQuery($request->getServerParams()) ?? $request->getUri()->getQuery();
    }

    /** @param array<array-key, mixed> $server such as `$_SERVER` */
    public static function notedQuery(array $server): ?string
    {
        $noted = self::noted($server);
        return $noted === null ? null : \explode('?', $noted, 2)[1] ?? '';
    }

    /** @param array<array-key, mixed> $server such as `$_SERVER` */
    public static function noted(array $server): ?string
    {
        $text = static fn (string $name): string => \is_string($server[$name] ?? null) ? $server[$name] : '';
        $uri = $text('REQUEST_URI');
        // Swoole notes the path alone.
        if (\str_starts_with(\strtolower($text('SERVER_SOFTWARE')), 'swoole') && !\str_contains($uri, '?') && $text('QUERY_STRING') !== '') {
            $uri .= '?' . $text('QUERY_STRING');
        }
        return $uri === '' ? null : self::path($uri);
    }

    /** A client may send the whole URL, and RoadRunner notes it so. Its origin is no more to be believed than a `Host` header. */
    private static function path(string $target): string
    {
        $path = (string) \preg_replace('~^[a-z][a-z0-9+.-]*://[^/?]*~i', '', $target);
        return $path === '' || $path[0] === '?' ? "/$path" : $path;
    }
}
