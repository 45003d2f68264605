<?php

declare(strict_types=1);

namespace Countermark\Tests;

/** `countermark id-server`, and its control API. `COUNTERMARK` may name the binary; otherwise it is the debug build. */
final class Emulator
{
    /** @param resource $process */
    private function __construct(
        private $process,
        public readonly string $url,
        public readonly string $phone,
        public readonly ?string $caFile,
        private readonly string $control,
        private readonly string $token,
    ) {
    }

    /** @param list<string> $args */
    public static function start(array $args = []): self
    {
        $binary = \getenv('COUNTERMARK') ?: \dirname(__DIR__, 3) . '/target/debug/countermark';
        $caFile = null;
        if (\in_array('--tls', $args, true)) {
            $caFile = (string) \tempnam(\sys_get_temp_dir(), 'countermark');
            \array_push($args, '--ca-out', $caFile);
        }
        $process = \proc_open([$binary, 'id-server', '--seed', '1', ...$args], [1 => ['pipe', 'w']], $pipes);
        if (!\is_resource($process)) {
            throw new \RuntimeException("$binary does not start: cargo build -p countermark-cli");
        }
        $line = \fgets($pipes[1]);
        if ($line === false) {
            throw new \RuntimeException('the ID server ended at once');
        }
        $facts = \json_decode($line, true, 8, \JSON_THROW_ON_ERROR);
        return new self($process, $facts['server'], $facts['phone'], $caFile, $facts['control'], $facts['token']);
    }

    /** @return array<mixed> */
    public function control(string $method, string $path, mixed $body = null): array
    {
        $curl = \curl_init($this->control . \ltrim($path, '/'));
        \curl_setopt_array($curl, [
            \CURLOPT_CUSTOMREQUEST => $method,
            \CURLOPT_RETURNTRANSFER => true,
            \CURLOPT_HTTPHEADER => ["Authorization: Bearer $this->token", 'Content-Type: application/json'],
        ] + ($body === null ? [] : [\CURLOPT_POSTFIELDS => \json_encode($body, \JSON_THROW_ON_ERROR)]));
        $reply = (string) \curl_exec($curl);
        $status = \curl_getinfo($curl, \CURLINFO_RESPONSE_CODE);
        if ($status >= 300 || $status === 0) {
            throw new \RuntimeException("$method $path: $status $reply");
        }
        return (array) \json_decode($reply, true, 64, \JSON_THROW_ON_ERROR);
    }

    /** What the user of the phone does with the newest session of an ID. */
    public function act(string $secsignId, string $action): void
    {
        $sessions = $this->control('GET', "sessions?secsignid=$secsignId");
        $this->control('POST', "sessions/{$sessions[0]['authsessionid']}", ['action' => $action]);
    }

    /** @return list<string> the kinds of the requests that it got, in order */
    public function sent(): array
    {
        return \array_map(
            static fn (array $entry): string => $entry['request'] ?? 'none',
            \array_values($this->control('GET', 'transcript')),
        );
    }

    public function __destruct()
    {
        \proc_terminate($this->process);
        \proc_close($this->process);
        if ($this->caFile !== null) {
            \unlink($this->caFile);
        }
    }
}
