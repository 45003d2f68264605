<?php

declare(strict_types=1);

namespace Countermark\Tests;

/** A Redis of our own, on a socket that nobody else has. */
final class RedisServer
{
    /** @param resource $process */
    private function __construct(private $process, public readonly string $socket)
    {
    }

    public static function start(): self
    {
        $socket = \sys_get_temp_dir() . '/countermark-redis-' . \bin2hex(\random_bytes(8));
        $command = ['redis-server', '--port', '0', '--unixsocket', $socket, '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
        $process = \proc_open($command, [1 => ['file', '/dev/null', 'w']], $pipes);
        if (!\is_resource($process)) {
            throw new \RuntimeException('redis-server does not start');
        }
        // The file is there a moment before anybody listens.
        for ($tries = 0; !@\stream_socket_client('unix://' . $socket); $tries++) {
            if ($tries > 500) {
                throw new \RuntimeException('redis-server does not listen');
            }
            \usleep(10_000);
        }
        return new self($process, $socket);
    }

    public function __destruct()
    {
        \proc_terminate($this->process);
        \proc_close($this->process);
    }
}
