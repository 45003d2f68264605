<?php

declare(strict_types=1);

namespace Countermark\Tests;

use PHPUnit\Framework\TestCase;

/** Where the shim remembers logins if the site has said nothing: a place that is there, whatever keeps the PHP sessions. */
final class MigrationStoreTest extends TestCase
{
    /** What a login comes to when the store has worked: nobody listens at the address of the ID server. */
    private const STORED = 'NETWORK';

    /** @return iterable<string, array{array<string, string>, string}> */
    public static function handlers(): iterable
    {
        $address = ['session.save_path' => 'tcp://127.0.0.1:6379?weight=1'];
        yield 'files' => [['session.save_path' => '{sessions}'], 'sessions'];
        yield 'files, with a depth and a mode' => [['session.save_path' => '0;0600;{sessions}'], 'sessions'];
        yield 'files, in the folder for all' => [['session.save_path' => ''], 'own'];
        yield 'Redis' => [['session.save_handler' => 'redis', 'session.save_path' => 'unix://{redis}'], 'own'];
        yield 'a handler of the site' => [['handler' => 'user'] + $address, 'own'];
        yield 'a handler of the site, and a folder that it does not use' => [['handler' => 'user', 'session.save_path' => '{sessions}'], 'own'];
    }

    /**
     * @dataProvider handlers
     * @param array<string, string> $ini
     */
    public function testALoginIsRemembered(array $ini, string $where): void
    {
        $folder = WebServer::folder();
        $redis = \in_array('redis', $ini, true) ? RedisServer::start() : null;
        $ini = \str_replace('{redis}', $redis->socket ?? '', $ini);
        self::assertSame(self::STORED, $this->login($folder, $ini));
        $own = "$folder/tmp/countermark-" . \posix_geteuid();
        $files = ['sessions' => \glob("$folder/sessions/countermark-used-keys-*"), 'own' => \glob("$own/countermark-used-keys-*")];
        self::assertSame(['sessions' => $where === 'sessions', 'own' => $where === 'own'], \array_map(static fn (array $found): bool => $found !== [], $files));
        if ($where === 'own') {
            self::assertSame(0700, \fileperms($own) & 07777);
            self::assertSame(self::STORED, $this->login($folder, $ini), 'the folder of before');
        }
    }

    public function testAFolderThatOthersEnterIsNotTaken(): void
    {
        $ini = ['handler' => 'user', 'session.save_path' => ''];
        $make = [
            'open' => static fn (string $own): bool => \mkdir($own) && \chmod($own, 0755),
            'a link' => static fn (string $own): bool => \mkdir("$own-else", 0700) && \symlink("$own-else", $own),
            'a file' => static fn (string $own): bool => \touch($own) && \chmod($own, 0700),
        ];
        if (\posix_geteuid() === 0) {
            $make['another owner'] = static fn (string $own): bool => \mkdir($own, 0700) && \chown($own, 'www-data');
        }
        foreach ($make as $name => $prepared) {
            $folder = WebServer::folder();
            \mkdir("$folder/tmp");
            self::assertTrue($prepared("$folder/tmp/countermark-" . \posix_geteuid()));
            self::assertSame('INVALID_CONFIG', $this->login($folder, $ini), $name);
        }
    }

    /** @param array<string, string> $ini */
    private function login(string $folder, array $ini): string
    {
        foreach (['tmp', 'sessions'] as $name) {
            \is_dir("$folder/$name") || \mkdir("$folder/$name", 0700);
        }
        $command = [\PHP_BINARY, '-d', 'ffi.enable=true', '-d', 'apc.enable_cli=0'];
        foreach (\array_diff_key($ini, ['handler' => '']) as $name => $value) {
            \array_push($command, '-d', "$name=\"" . \strtr($value, ['{sessions}' => "$folder/sessions"]) . '"');
        }
        $code = <<<'PHP'
            require $argv[1];
            $none = new class implements SessionHandlerInterface {
                public function open(string $path, string $name): bool { return true; }
                public function close(): bool { return true; }
                public function read(string $id): string { return ''; }
                public function write(string $id, string $data): bool { return true; }
                public function destroy(string $id): bool { return true; }
                public function gc(int $lifetime): int { return 0; }
            };
            if ($argv[2] === 'user') {
                session_set_save_handler($none, true);
            }
            Countermark\Migration\SecSignIDApi::configure(server: 'http://127.0.0.1:9');
            try {
                (new Countermark\Migration\SecSignIDApi())->requestAuthSession('alice', 'Site', 'https://a.example');
            } catch (Countermark\Error\CountermarkException $refused) {
                echo $refused->errorCode()?->label();
            }
            PHP;
        $process = \proc_open(
            [...$command, '-r', $code, '--', \dirname(__DIR__) . '/autoload.php', $ini['handler'] ?? ''],
            [1 => ['pipe', 'w']],
            $pipes,
            null,
            ['TMPDIR' => "$folder/tmp"] + \getenv(),
        );
        self::assertIsResource($process);
        $told = (string) \stream_get_contents($pipes[1]);
        \proc_close($process);
        return $told;
    }
}
