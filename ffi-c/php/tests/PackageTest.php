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

        // The front page of the package, as its reader runs it.
        \preg_match('/```php\n(<\?php.*?)```/s', (string) \file_get_contents("$elsewhere/package/README.md"), $found);
        \file_put_contents("$elsewhere/webhook.php", \str_replace('target/php/countermark/', "$elsewhere/package/", $found[1]));
        $port = WebServer::freePort();
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-S', "127.0.0.1:$port", "$elsewhere/webhook.php"];
        $log = [1 => ['file', "$elsewhere/log", 'a'], 2 => ['file', "$elsewhere/log", 'a']];
        $server = \proc_open($command, $log, $pipes, null, ['GITHUB_SECRET' => 'a-secret-of-this-page']);
        self::assertIsResource($server);
        try {
            $signature = 'X-Hub-Signature-256: sha256=' . \hash_hmac('sha256', '{"zen":"1"}', 'a-secret-of-this-page');
            self::assertSame(200, self::status($port, '{"zen":"1"}', $signature));
            self::assertSame(401, self::status($port, '{"zen":"1"} ', $signature));
            self::assertStringContainsString('verified by 2026-11: {"zen":"1"}', (string) \file_get_contents("$elsewhere/log"));
        } finally {
            \proc_terminate($server);
            \proc_close($server);
            \exec('rm -rf ' . \escapeshellarg("$elsewhere/package"));
        }
    }

    private static function status(int $port, string $body, string $header): int
    {
        for ($tries = 0; $tries < 500; $tries++) {
            $curl = \curl_init("http://127.0.0.1:$port/");
            \curl_setopt_array($curl, [\CURLOPT_POSTFIELDS => $body, \CURLOPT_HTTPHEADER => [$header], \CURLOPT_RETURNTRANSFER => true]);
            \curl_exec($curl);
            if (\curl_errno($curl) === 0) {
                return \curl_getinfo($curl, \CURLINFO_RESPONSE_CODE);
            }
            \usleep(10_000);
        }
        self::fail('the server does not listen');
    }
}
