<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Adapter\Adapter;
use PHPUnit\Framework\TestCase;

/** Every vector of `tests/vectors`, except those of `login/`, which need servers: `EmulatorTest` runs them. */
final class VectorsTest extends TestCase
{
    /** @dataProvider vectors */
    public function testVector(\stdClass $group, \stdClass $test): void
    {
        $request = (object) ((array) $test->request + (array) $group->request);
        $answer = \json_decode(Adapter::answer((string) \json_encode($request)), false, 512, \JSON_THROW_ON_ERROR);
        if ($test->result === 'valid') {
            self::assertEquals($test->ok, $answer->ok ?? $answer);
        } else {
            self::assertSame('invalid', $test->result);
            self::assertSame($test->error, $answer->error ?? $answer);
        }
    }

    /** @return iterable<string, array{\stdClass, \stdClass}> */
    public function vectors(): iterable
    {
        $root = \dirname(__DIR__, 3) . '/tests/vectors';
        foreach ([...\glob("$root/*.json"), ...\glob("$root/webhook/*.json")] as $path) {
            $file = \json_decode((string) \file_get_contents($path), false, 512, \JSON_THROW_ON_ERROR);
            foreach ($file->testGroups as $group) {
                foreach ($group->tests as $test) {
                    yield \basename($path) . " tcId $test->tcId: $test->comment" => [$group, $test];
                }
            }
        }
    }
}
