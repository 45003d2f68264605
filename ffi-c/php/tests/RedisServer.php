<?php

declare(strict_types=1);

namespace Countermark\Tests;

/** A Redis of our own, on a socket that nobody else has. */
final class RedisServer
{
    /**
     * @param resource $process
     * @param list<string> $command
     */
    private function __construct(private $process, public readonly string $socket, private readonly array $command)
    {
    }

    /** @param list<string> $more options of the server */
    public static function start(array $more = []): self
    {
        $socket = \sys_get_temp_dir() . '/countermark-redis-' . \bin2hex(\random_bytes(8));
        $command = ['redis-server', '--port', '0', '--unixsocket', $socket, '--save', '', '--appendonly', 'no', '--daemonize', 'no', ...$more];
        return new self(self::run($command, $socket), $socket, $command);
    }

    /** One that remembers its keys while it is stopped, in a folder that is there already. */
    public static function startLasting(string $folder): self
    {
        return self::start(['--dir', $folder, '--appendonly', 'yes', '--appendfsync', 'always']);
    }

    public function stop(): void
    {
        $this->goOn();
        \proc_terminate($this->process);
        \proc_close($this->process);
    }

    public function startAgain(): void
    {
        $this->process = self::run($this->command, $this->socket);
    }

    /** It answers nobody until `goOn`. */
    public function pause(): void
    {
        \posix_kill(\proc_get_status($this->process)['pid'], \SIGSTOP);
    }

    public function goOn(): void
    {
        \posix_kill(\proc_get_status($this->process)['pid'], \SIGCONT);
    }

    /**
     * @param list<string> $command
     * @return resource
     */
    private static function run(array $command, string $socket)
    {
        $process = \proc_open($command, [1 => ['file', '/dev/null', 'w']], $pipes);
        if (!\is_resource($process)) {
            throw new \RuntimeException('redis-server does not start');
        }
        // The file is there a moment before anybody listens.
        for ($tries = 0; !self::answers($socket); $tries++) {
            if ($tries > 1000) {
                throw new \RuntimeException('redis-server does not listen');
            }
            \usleep(10_000);
        }
        return $process;
    }

    /** It may not listen yet, or still read its keys. */
    private static function answers(string $socket): bool
    {
        $client = @\stream_socket_client('unix://' . $socket);
        return $client !== false && @\fwrite($client, "PING\r\n") && \fgets($client) === "+PONG\r\n";
    }

    /**
     * A cluster of one, whose clients come over TCP only.
     *
     * @return array{self, string} the server, and its address
     */
    public static function startCluster(): array
    {
        [$port, $bus] = \array_map(self::port(...), [$one = \stream_socket_server('tcp://127.0.0.1:0'), $two = \stream_socket_server('tcp://127.0.0.1:0')]);
        \fclose($one);
        \fclose($two);
        $file = \sys_get_temp_dir() . '/countermark-redis-nodes-' . \bin2hex(\random_bytes(8));
        $server = self::start([
            '--port', $port, '--bind', '127.0.0.1', '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1',
            '--cluster-port', $bus, '--dir', \dirname($file), '--cluster-config-file', \basename($file),
        ]);
        \register_shutdown_function(static fn (): bool => @\unlink($file));
        $client = new \Redis();
        $client->connect($server->socket);
        $client->rawCommand('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
        for ($tries = 0; !\str_contains($client->rawCommand('CLUSTER', 'INFO'), 'cluster_state:ok'); $tries++) {
            if ($tries > 1000) {
                throw new \RuntimeException('the cluster does not come up');
            }
            \usleep(10_000);
        }
        return [$server, "127.0.0.1:$port"];
    }

    /** @param resource $listener */
    private static function port($listener): string
    {
        return \substr((string) \strrchr((string) \stream_socket_get_name($listener, false), ':'), 1);
    }

    public function __destruct()
    {
        if (\is_resource($this->process)) {
            $this->stop();
        }
    }
}
