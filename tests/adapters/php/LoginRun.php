<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Error\CountermarkException;
use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
use Countermark\Http\CurlTransport;
use Countermark\Login\AuthSession;
use Countermark\Login\LoginResult;
use Countermark\LoginClient;
use Countermark\Store\MemoryReplayStore;

/** `login.run`: the login client against a real server. */
final class LoginRun
{
    private ?AuthSession $session = null;

    private ?string $authenticatedId = null;

    private function __construct(
        private readonly LoginClient $client,
        private readonly string $secsignId,
        private readonly ?int $deadlineMs,
    ) {
    }

    /** @return array<string, mixed> */
    public static function run(Fields $fields): array
    {
        // Without a server, the client would turn to the public one.
        $fields->text('server');
        $pem = $fields->textOrNull('ca_pem');
        $roots = null;
        if ($pem !== null) {
            $roots = (string) \tempnam(\sys_get_temp_dir(), 'countermark');
            \file_put_contents($roots, $pem);
        }
        try {
            $client = new LoginClient(Login::service($fields), new MemoryReplayStore(), new CurlTransport($roots));
            $run = new self($client, $fields->text('secsignid'), $fields->intOrNull('deadline_ms'));
            $trace = \array_map($run->traced(...), $fields->texts('steps'));
            return ['trace' => $trace] + ($run->authenticatedId === null ? [] : ['authenticated_id' => $run->authenticatedId]);
        } finally {
            if ($roots !== null) {
                \unlink($roots);
            }
        }
    }

    /** @return array<string, string> */
    private function traced(string $step): array
    {
        try {
            return ['step' => $step, 'outcome' => $this->step($step)];
        } catch (CountermarkExceptionInterface $error) {
            return ['step' => $step, 'error' => Adapter::name($error)];
        }
    }

    private function step(string $step): string
    {
        if ($step === 'start') {
            $this->session = $this->client->begin($this->secsignId)->session;
            return 'pending';
        }
        $session = $this->session ?? throw CountermarkException::of(ErrorCode::WrongState);
        switch ($step) {
            case 'check':
                return $this->note($this->client->check($session));
            case 'wait':
                $now = (int) (\microtime(true) * 1000);
                return $this->note($this->client->wait($session, $this->deadlineMs === null ? null : $now + $this->deadlineMs));
            case 'cancel':
                $this->client->cancel($session);
                return 'canceled';
            case 'release':
                $this->client->release($session);
                return 'released';
            default:
                throw new BadRequest();
        }
    }

    private function note(LoginResult $result): string
    {
        $this->authenticatedId = $result->secsignId ?? $this->authenticatedId;
        return \strtolower($result->outcome->name);
    }
}
