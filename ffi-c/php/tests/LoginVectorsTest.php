<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Adapter\Adapter;
use PHPUnit\Framework\TestCase;

/** The vectors of `tests/vectors/login`: whole logins against ID servers. */
final class LoginVectorsTest extends TestCase
{
    /** @dataProvider vectors */
    public function testVector(\stdClass $group, \stdClass $test): void
    {
        $request = (object) ((array) $test->request + (array) $group->request);
        $running = [];
        foreach ((array) $test->servers as $role => $server) {
            $refusing = $server->refusing ?? false;
            $running[$role] = $refusing ? null : Emulator::start($server->args ?? []);
            foreach ($server->control ?? [] as [$method, $path, $body]) {
                $running[$role]?->control($method, $path, $body);
            }
        }
        $request->server = $running['primary']?->url ?? 'http://127.0.0.1:' . WebServer::freePort();
        if (\array_key_exists('fallback', $running)) {
            $request->fallback = $running['fallback']?->url ?? 'http://127.0.0.1:' . WebServer::freePort();
        }
        if (($request->ca_pem ?? null) === '{primary}') {
            $request->ca_pem = (string) \file_get_contents((string) $running['primary']?->caFile);
        }

        $answer = \json_decode(Adapter::answer((string) \json_encode($request)), false, 64, \JSON_THROW_ON_ERROR);
        $expected = $test->result === 'valid' ? $test->ok : (object) \array_filter([
            'trace' => $test->trace,
            'authenticated_id' => $test->authenticated_id ?? null,
        ]);
        self::assertEquals($expected, $answer->ok ?? $answer);
        foreach ((array) $test->servers as $role => $server) {
            if (isset($server->sent)) {
                self::assertSame($server->sent, $running[$role]?->sent() ?? [], "what the $role got");
            }
        }
    }

    /** @return iterable<string, array{\stdClass, \stdClass}> */
    public function vectors(): iterable
    {
        foreach (\glob(\dirname(__DIR__, 3) . '/tests/vectors/login/*.json') ?: [] as $path) {
            $file = \json_decode((string) \file_get_contents($path), false, 512, \JSON_THROW_ON_ERROR);
            foreach ($file->testGroups as $group) {
                foreach ($group->tests as $test) {
                    yield \basename($path) . " tcId $test->tcId: $test->comment" => [$group, $test];
                }
            }
        }
    }
}
