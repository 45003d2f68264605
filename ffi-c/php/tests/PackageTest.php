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
        \exec('cp -r ' . \escapeshellarg($package) . ' ' . \escapeshellarg("$elsewhere/package"));
        \exec('cd ' . \escapeshellarg("$elsewhere/package") . ' && sha256sum --quiet -c lib/SHA256SUMS', $output, $status);
        self::assertSame(0, $status);

        $code = 'require "autoload.php"; echo Countermark\Version::library(), " ", Countermark\Native::ABI_VERSION;';
        $process = \proc_open([\PHP_BINARY, '-d', 'ffi.enable=true', '-r', $code], [1 => ['pipe', 'w']], $pipes, "$elsewhere/package", []);
        self::assertIsResource($process);
        self::assertMatchesRegularExpression('/^\d+\.\d+\.\d+ 1$/', (string) \stream_get_contents($pipes[1]));
        \proc_close($process);
        \exec('rm -rf ' . \escapeshellarg("$elsewhere/package"));
    }
}
