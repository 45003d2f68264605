<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Login\LoginOutcome;
use Countermark\Login\LoginService;
use Countermark\LoginClient;
use Countermark\Store\MemoryReplayStore;
use Countermark\Store\ReplayStore;
use PHPUnit\Framework\TestCase;

/** What is tidied up after an approval may fail: the login is proved. */
final class ReleaseTest extends TestCase
{
    /** The example site, with a line to the ID server that breaks as the session is given back. */
    private const SITE = <<<'PHP'
        [, $site, $server, $folder] = $argv;
        ob_start();
        putenv("ID_SERVER=$server");
        ini_set('session.save_path', $folder);
        ini_set('error_log', "$folder/errors.log");
        require $site;
        SecSignIDApi::configure(server: $server, transport: new class implements Countermark\Http\Transport {
            public function send(Countermark\Http\HttpRequest $request): Countermark\Http\HttpReply
            {
                if (str_contains($request->body, 'ReqReleaseAuthSession')) {
                    throw new RuntimeException('no way to https://secret.example');
                }
                return (new Countermark\Http\CurlTransport())->send($request);
            }
        });
        $api = api();
        $session = begin($api, 'alice');
        $states = [stateOf($api, $session), stateOf($api, $session)];
        ob_end_clean();
        echo json_encode([$states, array_keys($_SESSION['logins'])]), "\n", file_get_contents("$folder/errors.log");
        PHP;

    public function testTheSiteLetsInWhoHasApproved(): void
    {
        $server = Emulator::start();
        $server->control('PUT', 'plan', ['steps' => [['after_polls' => 0, 'action' => 'approve']]]);
        $site = \dirname(__DIR__) . '/examples/site/site.php';
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-d', 'apc.enable_cli=1', '-r', self::SITE, '--', $site, \rtrim($server->url, '/'), WebServer::folder()];
        $process = \proc_open($command, [1 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        $said = (string) \stream_get_contents($pipes[1]);
        \proc_close($process);
        // 3 is `AuthSession::AUTHENTICATED`, told again to whoever asks again; the login is forgotten.
        self::assertStringStartsWith("[[3,3],[]]\n", $said);
        self::assertStringContainsString('The session of a login was not released: RuntimeException', $said);
        self::assertStringNotContainsString('secret.example', $said);
    }

    public function testAStoreThatFailsAfterwardsTakesNothingBack(): void
    {
        $store = new class implements ReplayStore {
            public int $removals = 0;

            private readonly MemoryReplayStore $memory;

            public function __construct()
            {
                $this->memory = new MemoryReplayStore();
            }

            public function add(string $key, int $ttlSeconds): bool
            {
                return $this->memory->add($key, $ttlSeconds);
            }

            public function commit(string $key): bool
            {
                return $this->memory->commit($key);
            }

            public function isCommitted(string $key): bool
            {
                return $this->memory->isCommitted($key);
            }

            public function remove(string $key): void
            {
                $this->removals++;
                throw new \RuntimeException('away');
            }
        };
        $server = Emulator::start();
        $client = new LoginClient(new LoginService('Site', 'https://a.example', server: \rtrim($server->url, '/')), $store);
        $session = $client->begin('alice')->session;
        $server->act('alice', 'approve');
        self::assertSame(LoginOutcome::Approved, $client->check($session)->outcome);
        self::assertSame(1, $store->removals);
    }
}
