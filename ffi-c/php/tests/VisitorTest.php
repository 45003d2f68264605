<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Login\LoginService;
use Countermark\Login\ReturnUrl;
use Countermark\Login\SealKey;
use Countermark\Login\SecSignId;
use Countermark\LoginClient;
use Countermark\SecureSign\Environment;
use Countermark\SecureSign\Platform;
use Countermark\SecureSign\SecureSignConfig;
use Countermark\SecureSign\SecureSignHint;
use Countermark\SecureSignClient;
use Countermark\SessionSealer;
use Countermark\Store\MemoryReplayStore;
use PHPUnit\Framework\TestCase;

/** What a visitor sends is the visitor's fault, and never an error of the site: a form may have arrays, gaps, and bytes that are no text. */
final class VisitorTest extends TestCase
{
    /** A name or a token with these is none. */
    private const BYTES = ["\xff", "alice\xc3", "\xed\xa0\x80"];

    public function testBytesThatAreNoText(): void
    {
        $client = new LoginClient(new LoginService('Site', 'https://a.example'), new MemoryReplayStore());
        $sealer = new SessionSealer([new SealKey('k', \str_repeat('k', 32))], 'Site', 'https://a.example');
        $signatures = new SecureSignClient(new SecureSignConfig('ss_test_abc123xyz', Environment::Test, 'tenant'));
        foreach (self::BYTES as $bytes) {
            self::assertRefused(ErrorCode::InvalidSecsignId, static fn () => SecSignId::normalize($bytes));
            self::assertRefused(ErrorCode::InvalidSecsignId, static fn () => $client->begin($bytes));
            self::assertRefused(ErrorCode::UnknownHandle, static fn () => $sealer->open($bytes, 'cookie'));
            self::assertRefused(ErrorCode::MissingParameter, static fn () => SecureSignHint::fromQuery($bytes));
            self::assertRefused(ErrorCode::InvalidOrigin, static fn () => $signatures->startValidate($bytes, Platform::Web));
            self::assertSame('/home', ReturnUrl::safe('https://a.example', "/$bytes", '/home'));
        }
        // What the site itself says is another matter.
        self::assertRefused(ErrorCode::InvalidInput, static fn () => new SessionSealer([new SealKey('k', \str_repeat('k', 32))], "\xff", ''));
    }

    private static function assertRefused(ErrorCode $code, \Closure $call): void
    {
        try {
            $call();
            self::fail($code->name);
        } catch (CountermarkExceptionInterface $refused) {
            self::assertSame($code, $refused->errorCode());
        }
    }

    /** As the vendor's document has it: `$_POST` is handed on, and an `Exception` is caught, which a `TypeError` is not. */
    public function testWhatAFormMayHaveForTheNamesOfTheVendor(): void
    {
        $code = <<<'PHP'
            require $argv[1];
            require $argv[2];
            ini_set('session.save_path', $argv[3]);
            SecSignIDApi::configure(server: 'http://127.0.0.1:9');
            ob_start();
            $told = [];
            foreach (['secsignid=%ff', 'secsignid[]=1', ''] as $form) {
                parse_str($form, $_POST);
                try {
                    (new SecSignIDApi())->requestAuthSession($_POST['secsignid'] ?? null, 'Site', 'https://a.example');
                } catch (Exception $e) {
                    $told[] = [$e->errorCode()->name, $e->httpStatus()];
                }
            }
            $names = ['requestid', 'secsignid', 'authsessionid', 'servicename', 'serviceaddress'];
            $arrays = [null, 'text', [], ['requestid' => ['1']] + array_fill_keys($names, '1')];
            foreach ($names as $name) {
                $arrays[] = [$name => "\xff"] + array_fill_keys($names, '1');
            }
            foreach ($arrays as $array) {
                try {
                    (new AuthSession())->createAuthSessionFromArray($array);
                } catch (Exception $e) {
                    $told[] = [$e->errorCode()->name, $e->httpStatus()];
                }
            }
            ob_end_clean();
            echo json_encode($told);
            PHP;
        $root = \dirname(__DIR__);
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-r', $code, '--', "$root/autoload.php", "$root/migrate.php", WebServer::folder()];
        $process = \proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        self::assertIsResource($process);
        $told = (string) \stream_get_contents($pipes[1]);
        \proc_close($process);
        $expected = [
            ...\array_fill(0, 3, ['InvalidSecsignId', 400]),
            ...\array_fill(0, 4, ['MissingField', 400]),
            ...\array_fill(0, 5, ['UnknownHandle', 401]),
        ];
        self::assertSame($expected, \json_decode($told, true), $told);
    }
}
