<?php

declare(strict_types=1);

namespace Countermark\Tests;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Error\ErrorCode;
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

    /** Scanners of mail ask for the head of a link, or for its options, and must not use it up. A command has no method. */
    public function testByGetAloneALinkIsUsed(): void
    {
        $key = new QueryKey('k', \str_repeat('secret', 6));
        $verifier = new SignedQueryVerifier(QueryProfile::V1, [$key], 'https://a.example', store: new MemoryReplayStore());
        $before = $_SERVER;
        try {
            foreach (['GET', null] as $method) {
                $_SERVER['QUERY_STRING'] = (new SignedQuerySigner(QueryProfile::V1, $key, 'https://a.example'))->sign(['email' => 'a@b.example']);
                foreach (['HEAD', 'OPTIONS', 'POST', 'PROPFIND', 'get', ''] as $_SERVER['REQUEST_METHOD']) {
                    try {
                        $verifier->verifyGlobals();
                        self::fail($_SERVER['REQUEST_METHOD']);
                    } catch (CountermarkExceptionInterface $refused) {
                        self::assertSame([ErrorCode::SignatureMismatch, 401], [$refused->errorCode(), $refused->httpStatus()]);
                    }
                }
                $_SERVER['REQUEST_METHOD'] = $method;
                self::assertSame('a@b.example', $verifier->verifyGlobals()->get('email'));
            }
        } finally {
            $_SERVER = $before;
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
