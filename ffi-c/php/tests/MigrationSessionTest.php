<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** The PHP session that the shim starts where a site has none: what php.ini asks for stays, and over https its cookie is for https. */
final class MigrationSessionTest extends TestCase
{
    /** @return iterable<string, array{array<string, string>, string, array{bool, bool, string}}> */
    public static function settings(): iterable
    {
        yield 'http' => [[], '', [false, true, 'Lax']];
        yield 'https' => [[], 'on', [true, true, 'Lax']];
        yield 'IIS without https' => [[], 'off', [false, true, 'Lax']];
        yield 'behind a proxy' => [['session.cookie_secure' => '1'], '', [true, true, 'Lax']];
        yield 'stricter' => [['session.cookie_samesite' => 'Strict'], 'on', [true, true, 'Strict']];
    }

    /**
     * @dataProvider settings
     * @param array<string, string> $ini
     * @param array{bool, bool, string} $expected secure, for HTTP only, same site
     */
    public function testTheCookie(array $ini, string $https, array $expected): void
    {
        $code = 'require $argv[1]; $_SERVER["HTTPS"] = $argv[2]; Countermark\Migration\Visit::current();'
            . ' $cookie = session_get_cookie_params(); echo json_encode([$cookie["secure"], $cookie["httponly"], $cookie["samesite"]]);';
        $folder = WebServer::folder();
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-d', "session.save_path=$folder"];
        foreach ($ini as $name => $value) {
            \array_push($command, '-d', "$name=$value");
        }
        $process = \proc_open([...$command, '-r', $code, '--', \dirname(__DIR__) . '/autoload.php', $https], [1 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        self::assertSame($expected, \json_decode((string) \stream_get_contents($pipes[1]), true));
        \proc_close($process);
    }
}
