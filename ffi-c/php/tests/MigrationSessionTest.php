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

    /** @return iterable<string, array{bool, string}> */
    public static function requests(): iterable
    {
        $next = '$_SERVER["REQUEST_TIME_FLOAT"] += 1;';
        yield 'the first request' => [true, 'visit(); visit();'];
        yield 'a session that is renewed' => [true, 'visit(); session_regenerate_id(); visit(); visit();'];
        yield 'a session that comes back' => [true, '$_COOKIE["PHPSESSID"] = "aaaaaaaaaaaaaaaaaaaaaaaaaa"; session_start(); visit(); visit();'];
        yield 'an id of the site\'s own' => [true, 'session_id("mine"); session_start(); visit(); visit();'];
        yield 'another id than the cookie\'s' => [true, '$_COOKIE["PHPSESSID"] = "old"; session_id("mine"); session_start(); visit(); visit();'];
        yield 'a worker that changes the session' => [true, "visit(); session_write_close(); $next" . '$_COOKIE["PHPSESSID"] = "b"; session_id("b"); session_start(); visit();'];
        yield 'a worker with another visitor\'s cookie' => [false, 'visit(); $_COOKIE["PHPSESSID"] = "other"; visit();'];
        yield 'a worker with a visitor without a cookie' => [false, "visit(); $next visit();"];
        yield 'a worker that shows no request' => [false, 'unset($_SERVER["REQUEST_METHOD"]); visit();' . "$next visit();"];
        yield 'after one who came back' => [false, 'session_start(); $_COOKIE["PHPSESSID"] = session_id(); visit(); $_COOKIE = []; visit();'];
        yield 'a worker that closes the session' => [false, 'visit(); session_write_close(); $_COOKIE["PHPSESSID"] = "other"; visit();'];
    }

    /**
     * In a worker, the session of one visitor must not become the next one's.
     *
     * @dataProvider requests
     */
    public function testASessionIsThatOfItsRequest(bool $isOwn, string $requests): void
    {
        $code = 'ob_start(); require $argv[1]; $_SERVER["REQUEST_METHOD"] = "POST"; ini_set("session.save_path", $argv[2]);'
            . ' function visit(): void { Countermark\Migration\Visit::current(); } try {' . $requests
            . 'echo "own"; } catch (Countermark\Error\CountermarkExceptionInterface $refused) { echo $refused->errorCode()->name; }';
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-r', $code, '--', \dirname(__DIR__) . '/autoload.php', WebServer::folder()];
        $process = \proc_open($command, [1 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        self::assertSame($isOwn ? 'own' : 'WrongState', \stream_get_contents($pipes[1]));
        \proc_close($process);
    }

    /**
     * @dataProvider settings
     * @param array<string, string> $ini
     * @param array{bool, bool, string} $expected secure, for HTTP only, same site
     */
    public function testTheCookie(array $ini, string $https, array $expected): void
    {
        $code = 'require $argv[1]; $_SERVER["REQUEST_METHOD"] = "POST"; $_SERVER["HTTPS"] = $argv[2]; Countermark\Migration\Visit::current();'
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
