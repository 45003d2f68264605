<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** What `verifyGlobals` reads is what came, also where WordPress has changed it. */
final class ServerVariablesTest extends TestCase
{
    /** As `wp-settings.php` does: the plugins, then the slashes, then the next action. */
    private const WORDPRESS = <<<'PHP'
        function did_action(string $name): int { return in_array($name, $GLOBALS['done'], true) ? 1 : 0; }
        function wp_magic_quotes(): void { $_SERVER = array_map(fn ($it) => is_string($it) ? addslashes($it) : $it, $_SERVER); }
        $GLOBALS['done'] = ['muplugins_loaded', 'plugins_loaded'];
        say();
        wp_magic_quotes();
        $GLOBALS['done'][] = 'sanitize_comment_cookies';
        say();
        PHP;

    public function testSlashesOfWordPressAreTakenOut(): void
    {
        $came = ['HTTP_X_TOKEN' => 'it\'s "so" \\ ', 'REQUEST_URI' => '/in?x="q"\\', 'QUERY_STRING' => 'x="q"\\', 'REQUEST_METHOD' => 'GET', 'argc' => 1];
        $wanted = [[['X-TOKEN', $came['HTTP_X_TOKEN']]], 'https://a.example/in?x="q"\\', $came['QUERY_STRING']];
        $key = 'new Countermark\Query\QueryKey("k", str_repeat("secret", 6))';
        $code = 'require $argv[1]; $_SERVER = json_decode($argv[2], true);'
            . "\$signer = new Countermark\\SignedQuerySigner(Countermark\\Query\\QueryProfile::V1, $key, 'aud');"
            . "\$verifier = new Countermark\\SignedQueryVerifier(Countermark\\Query\\QueryProfile::V1, [$key], 'aud');"
            . '$query = strtr($signer->sign(["name" => "it\'s"]), ["%27" => "\'"]);'
            . 'function say() { $it = Countermark\Webhook\WebhookRequest::fromGlobals("https://a.example");'
            . ' echo json_encode([$it->headers, $it->url, $it->query]), "\n"; }';
        $end = '$_SERVER["QUERY_STRING"] = addslashes($query); echo json_encode($verifier->verifyGlobals()->fields());';
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-r', $code . self::WORDPRESS . $end, '--', __DIR__ . '/bootstrap.php', \json_encode($came)];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        self::assertIsResource($process);
        $said = \explode("\n", (string) \stream_get_contents($pipes[1]));
        \proc_close($process);
        self::assertSame([$wanted, $wanted, ['name' => "it's"]], \array_map(static fn (string $line): mixed => \json_decode($line, true), $said));
    }
}
