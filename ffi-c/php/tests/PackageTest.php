<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** The package that `scripts/package-php` builds works by itself, with nothing of the repository around it. */
final class PackageTest extends TestCase
{
    public function testThePackageIsWhole(): void
    {
        $root = \dirname(__DIR__, 3);
        \exec(\escapeshellarg("$root/scripts/package-php") . ' 2>&1', $output, $status);
        self::assertSame(0, $status, \implode("\n", $output));
        $package = "$root/" . \end($output);
        $elsewhere = WebServer::folder();
        $copy = "$elsewhere/target/php/countermark";
        \mkdir(\dirname($copy), 0755, true);
        \exec('cp -r ' . \escapeshellarg($package) . ' ' . \escapeshellarg($copy));
        \exec('cd ' . \escapeshellarg($copy) . ' && sha256sum --quiet -c lib/SHA256SUMS', $output, $status);
        self::assertSame(0, $status);

        $code = 'require "autoload.php"; echo Countermark\Version::library(), " ", Countermark\Native::ABI_VERSION;';
        $process = \proc_open([\PHP_BINARY, '-d', 'ffi.enable=true', '-r', $code], [1 => ['pipe', 'w']], $pipes, $copy, []);
        self::assertIsResource($process);
        self::assertMatchesRegularExpression('/^\d+\.\d+\.\d+ 1$/', (string) \stream_get_contents($pipes[1]));
        \proc_close($process);

        $composer = \json_decode((string) \file_get_contents("$copy/composer.json"), true, 512, \JSON_THROW_ON_ERROR);
        self::assertMatchesRegularExpression('/^\d+\.\d+\.\d+$/', $composer['version']);
        (new \PharData(\dirname($package) . "/artifacts/countermark-{$composer['version']}.tar.gz"))->extractTo("$elsewhere/unpacked");
        \exec('diff -r ' . \escapeshellarg("$elsewhere/unpacked/countermark") . ' ' . \escapeshellarg($copy) . ' 2>&1', $output, $status);
        self::assertSame(0, $status, \implode("\n", $output));

        // The front page of the package, as its reader runs it.
        $page = (string) \file_get_contents("$copy/README.md");
        \preg_match('/```php\n(<\?php.*?)```/s', $page, $program);
        \preg_match('/```sh\n(export GITHUB_SECRET.*?)```/s', $page, $commands);
        \file_put_contents("$elsewhere/webhook.php", $program[1]);
        $script = \str_replace(':8000', ':' . WebServer::freePort(), "trap 'kill %1' EXIT\n$commands[1]");
        $process = \proc_open(['bash', '-mc', $script], [1 => ['pipe', 'w'], 2 => ['file', "$elsewhere/log", 'a']], $pipes, $elsewhere);
        self::assertIsResource($process);
        \preg_match_all('~^HTTP/1.1 (\d+)~m', (string) \stream_get_contents($pipes[1]), $answered);
        \proc_close($process);
        self::assertSame(['200', '401'], $answered[1]);
        self::assertStringContainsString('verified by 2026-11: {"zen":"Keep it logically awesome."}', (string) \file_get_contents("$elsewhere/log"));
    }
}
