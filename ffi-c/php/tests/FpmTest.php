<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookSigner;
use PHPUnit\Framework\TestCase;

/** Web requests under php-fpm, with PHP's own default `ffi.enable=preload`. */
final class FpmTest extends TestCase
{
    public function testThePreloadRecipeWorks(): void
    {
        $folder = WebServer::folder();
        $site = self::site($folder);
        $command = [\PHP_BINARY, "$site/countermark/bin/countermark-preload", "$folder/countermark.ffi.h"];
        $process = \proc_open($command, [1 => ['pipe', 'w']], $pipes, null, []);
        self::assertIsResource($process);
        $lines = (string) \stream_get_contents($pipes[1]);
        self::assertSame(0, \proc_close($process));
        self::assertStringContainsString('ffi.enable=preload', $lines);

        $server = WebServer::start($folder, $site, \parse_ini_string($lines, false, \INI_SCANNER_RAW) ?: []);
        self::assertSame([200, "verified by k: {\"a\":1}"], $server->post('/webhook.php', '{"a":1}', $this->headers('{"a":1}')));
        self::assertSame([401, 'request could not be verified'], $server->post('/webhook.php', '{"a":2}', $this->headers('{"a":1}')));
        // Each of the pool's processes answers, again and again.
        for ($i = 0; $i < 20; $i++) {
            self::assertSame(200, $server->post('/webhook.php', '{"a":1}', $this->headers('{"a":1}'))[0]);
        }
        // The site's own code still has no FFI.
        self::assertSame([200, 'FFI API is restricted by "ffi.enable" configuration directive'], $server->post('/ffi.php', '', []));
    }

    /** @return iterable<string, array{string, string}> */
    public static function calls(): iterable
    {
        yield 'the program' => ['current/vendor/countermark/countermark/bin/countermark-preload', '.'];
        yield 'the program of Composer' => ['current/vendor/bin/countermark-preload', '.'];
        yield 'from its folder' => ['bin/countermark-preload', 'current/vendor/countermark/countermark'];
        yield 'from the release' => ['vendor/bin/../bin/countermark-preload', 'current'];
    }

    /**
     * A site is deployed as a folder for each release, and a symlink to the newest: the old ones are removed after a time.
     *
     * @dataProvider calls
     */
    public function testTheRecipeOutlivesItsRelease(string $program, string $where): void
    {
        $folder = WebServer::folder();
        foreach (['1', '2'] as $release) {
            \mkdir("$folder/releases/$release/vendor/countermark", 0755, true);
            \rename(self::site($folder) . '/countermark', "$folder/releases/$release/vendor/countermark/countermark");
            \rename("$folder/site", "$folder/releases/$release/site");
            \symlink('../vendor/countermark/countermark', "$folder/releases/$release/site/countermark");
            // As Composer's: a program that includes the other.
            \mkdir("$folder/releases/$release/vendor/bin");
            $proxy = "<?php\ninclude __DIR__ . '/..' . '/countermark/countermark/bin/countermark-preload';\n";
            \file_put_contents("$folder/releases/$release/vendor/bin/countermark-preload", $proxy);
        }
        \symlink('releases/1', "$folder/current");
        $command = 'cd ' . \escapeshellarg("$folder/$where") . ' && exec ' . \escapeshellarg(\PHP_BINARY) . " $program " . \escapeshellarg("$folder/countermark.ffi.h");
        \exec('sh -c ' . \escapeshellarg($command) . ' 2>&1', $lines, $status);
        self::assertSame(0, $status, \implode("\n", $lines));

        \unlink("$folder/current");
        \symlink('releases/2', "$folder/current");
        \exec('rm -r ' . \escapeshellarg("$folder/releases/1"));
        $server = WebServer::start($folder, "$folder/current/site", \parse_ini_string(\implode("\n", $lines), false, \INI_SCANNER_RAW) ?: []);
        self::assertSame([200, 'verified by k: {"a":1}'], $server->post('/webhook.php', '{"a":1}', $this->headers('{"a":1}')));
    }

    public function testWithoutPreloadTheErrorSaysWhatToDo(): void
    {
        $folder = WebServer::folder();
        $server = WebServer::start($folder, self::site($folder), ['ffi.enable' => 'preload']);
        [$status, $text] = $server->post('/webhook.php', '{"a":1}', $this->headers('{"a":1}'));
        self::assertSame(500, $status);
        self::assertStringContainsString('LIBRARY_MISSING', $text);
        self::assertStringContainsString('countermark-preload', $text);
    }

    public function testAMissingLibrarySaysWhereItWasSought(): void
    {
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-r', 'require "' . __DIR__ . '/autoload.php"; Countermark\Version::library();'];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, ['COUNTERMARK_LIBRARY' => '/nowhere/lib.so']);
        self::assertIsResource($process);
        $text = \stream_get_contents($pipes[1]) . \stream_get_contents($pipes[2]);
        \proc_close($process);
        self::assertStringContainsString('the native library cannot be loaded: tried: /nowhere/lib.so', $text);
    }

    public function testAnotherAbiIsRefused(): void
    {
        $source = WebServer::folder() . '/other.c';
        $library = \substr($source, 0, -1) . 'so';
        \preg_match_all('/\bcountermark_\w+(?=\()/', (string) \file_get_contents(\dirname(__DIR__, 2) . '/include/countermark.ffi.h'), $names);
        $code = '';
        foreach (\array_unique($names[0]) as $name) {
            $code .= "int $name(void) { return 99; }\n";
        }
        \file_put_contents($source, $code);
        \exec(\implode(' ', \array_map(\escapeshellarg(...), ['cc', '-shared', '-fPIC', '-o', $library, $source])), $output, $status);
        self::assertSame(0, $status);
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-r', 'require "' . __DIR__ . '/autoload.php"; Countermark\Version::library();'];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, ['COUNTERMARK_LIBRARY' => $library]);
        self::assertIsResource($process);
        $text = \stream_get_contents($pipes[1]) . \stream_get_contents($pipes[2]);
        \proc_close($process);
        self::assertStringContainsString('the package needs ABI 1, the library has 99', $text);
    }

    /** The scripts beside the package, as on a server: where its user may read, whoever owns the checkout. */
    private static function site(string $folder): string
    {
        $root = \dirname(__DIR__, 3);
        \exec(\escapeshellarg("$root/scripts/package-php") . ' 2>&1', $output, $status);
        self::assertSame(0, $status, \implode("\n", $output));
        $copy = ['cp', '-r', __DIR__ . '/fpm', "$folder/site", '&&', 'cp', '-r', "$root/" . \end($output), "$folder/site/countermark"];
        \exec(\implode(' ', \array_map(static fn (string $word): string => $word === '&&' ? $word : \escapeshellarg($word), $copy)), $output, $status);
        self::assertSame(0, $status);
        return "$folder/site";
    }

    /** @return list<array{string, string}> */
    private function headers(string $body): array
    {
        return (new WebhookSigner('github', [new WebhookKey('k', \str_repeat('secret', 6))]))
            ->sign(new WebhookRequest([]), $body)->headers;
    }
}
