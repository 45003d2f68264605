<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\SignedQuerySigner;
use Countermark\SignedQueryVerifier;
use Countermark\Store\MemoryReplayStore;
use PHPUnit\Framework\TestCase;

/** A query says the same whichever way its result comes over the border: as one block of texts, or as an object. */
final class QueryTest extends TestCase
{
    /**
     * @dataProvider queries
     * @param array<string, string> $fields
     */
    public function testAQuerySaysTheSameEitherWay(QueryProfile $profile, string $id, ?string $tenant, array $fields): void
    {
        $key = new QueryKey($id, \str_repeat('secret', 6), $tenant);
        $query = (new SignedQuerySigner($profile, $key, 'https://a.example'))->sign($fields);
        $said = [];
        foreach ([null, new MemoryReplayStore()] as $store) {
            $verified = (new SignedQueryVerifier($profile, [$key], 'https://a.example', store: $store))->verify($query);
            $said[] = [
                $verified->keyId(), $verified->tenant(), $verified->algorithm(), $verified->signedAtMs(), $verified->replayKey(),
                $verified->replayUntilMs(), $verified->claimedEmail(), $verified->fields(),
            ];
            self::assertNull($verified->get('nothing'));
        }
        self::assertSame($said[0], $said[1]);
        self::assertSame([$id, $tenant], [$said[0][0], $said[0][1]]);
        foreach ($profile === QueryProfile::LegacyOneLoginStrict ? [] : $fields as $name => $value) {
            self::assertSame($value, $said[0][7][$name]);
        }
    }

    /** @return iterable<string, array{QueryProfile, string, ?string, array<string, string>}> */
    public function queries(): iterable
    {
        $names = ['firstname' => 'Zoë', 'lastname' => 'D', 'email' => 'zoe@a.example'];
        yield 'no tenant' => [QueryProfile::V1, 'k', null, ['email' => 'a@b.example', '7' => '']];
        yield 'a tenant' => [QueryProfile::V1, 'k', 'acme', ['email' => 'a@b.example']];
        yield 'an id with a NUL' => [QueryProfile::LegacyOneLogin, "k\0x", '', $names];
        yield 'more than the room' => [QueryProfile::V1, \str_repeat('k', 4_096), null, ['email' => 'a@b.example']];
        yield 'OneLogin' => [QueryProfile::LegacyOneLogin, 'k', null, $names];
        yield 'strict OneLogin' => [QueryProfile::LegacyOneLoginStrict, 'k', null, $names];
    }
}
