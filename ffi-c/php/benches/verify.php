<?php

declare(strict_types=1);

// Verification against the strongest safe code that PHP people write by hand, in one run: scripts/bench-php
// Every candidate takes what a web request brings, does the same checks, and is measured in turns with the others.

use Countermark\Query\QueryKey;
use Countermark\Query\QueryProfile;
use Countermark\SignedQueryVerifier;
use Countermark\Webhook\WebhookKey;
use Countermark\Webhook\WebhookRequest;
use Countermark\WebhookVerifier;

require __DIR__ . '/../tests/bootstrap.php';

const TOKEN = 'kQ3vJ8xW2mN5pR7tY9zB4cD6f';
const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

/** The safe form of what the vendor's page shows: all parameters once, exact time, constant-time comparison. */
function oneLoginByHand(string $query): string
{
    parse_str($query, $fields);
    return oneLoginParsed($query, $fields);
}

/**
 * The same over `$_GET`, which PHP has made of the query in any case.
 *
 * @param array<array-key, mixed> $fields
 */
function oneLoginParsed(string $query, array $fields): string
{
    ['firstname' => $first, 'lastname' => $last, 'email' => $email, 'timestamp' => $time, 'signature' => $signature] = $fields;
    if (!is_string($first) || !is_string($last) || !is_string($email) || !is_string($time) || !is_string($signature)
        || substr_count($query, '&') !== 4 || !ctype_digit($time) || abs(time() - (int) $time) > 240
        || !hash_equals(sha1($first . $last . $email . $time . TOKEN), strtolower($signature))) {
        throw new RuntimeException('refused');
    }
    return $email;
}

/** @param array<string, string> $headers */
function webhookByHand(array $headers, string $body, Closure $mac): string
{
    $id = $headers['webhook-id'] ?? throw new RuntimeException('refused');
    $time = $headers['webhook-timestamp'] ?? throw new RuntimeException('refused');
    if (!ctype_digit($time) || abs(time() - (int) $time) > 300) {
        throw new RuntimeException('refused');
    }
    $expected = base64_encode($mac($id . '.' . $time . '.', $body));
    foreach (explode(' ', $headers['webhook-signature'] ?? '') as $candidate) {
        [$version, $signature] = explode(',', $candidate, 2) + ['', ''];
        if ($version === 'v1' && hash_equals($expected, $signature)) {
            return $body;
        }
    }
    throw new RuntimeException('refused');
}

/** Two digests of OpenSSL, which has the processor's SHA instructions where PHP's own hash has not. */
function opensslMac(string $key): Closure
{
    $inner = str_pad($key, 64, "\0") ^ str_repeat("\x36", 64);
    $outer = str_pad($key, 64, "\0") ^ str_repeat("\x5c", 64);
    return static fn (string $head, string $body): string =>
        (string) openssl_digest($outer . openssl_digest($inner . $head . $body, 'sha256', true), 'sha256', true);
}

/**
 * Many short samples in turns, and of each candidate the shortest: whatever else the machine does only makes a sample longer.
 *
 * @param array<string, Closure> $candidates the first is ours
 */
function compare(string $title, array $candidates): void
{
    $count = [];
    foreach ($candidates as $name => $run) {
        $run();
        for ($n = 1; sample($run, $n) * $n < 5e5; $n *= 2) {
        }
        $count[$name] = $n;
    }
    $best = [];
    for ($turn = 0; $turn < 100; $turn++) {
        foreach ($candidates as $name => $run) {
            $best[$name] = min($best[$name] ?? INF, sample($run, $count[$name]));
        }
    }
    $file = getenv('COUNTERMARK_BENCH');
    if ($file !== false) {
        $line = json_encode(['bench' => php(), 'case' => $title, 'ns' => $best], JSON_THROW_ON_ERROR);
        file_put_contents($file, "$line\n", FILE_APPEND);
    }
    printf("%s\n", $title);
    foreach ($best as $name => $ns) {
        printf("  %-44s %10.0f ns  %5.2f\n", $name, $ns, $ns / $best[array_key_first($best)]);
    }
}

/** Nanoseconds of one run, of `$count` together. */
function sample(Closure $run, int $count): float
{
    $start = hrtime(true);
    for ($i = 0; $i < $count; $i++) {
        $run();
    }
    return (hrtime(true) - $start) / $count;
}

function php(): string
{
    $status = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
    return 'PHP ' . PHP_VERSION . ($status === false ? '' : ', OPcache') . (($status['jit']['on'] ?? false) === true ? ', JIT' : '');
}

printf("%s: time, and how many times ours\n", php());

$time = (string) time();
$query = http_build_query([
    'firstname' => 'Jane', 'lastname' => 'Doe', 'email' => 'jane.doe@example.com', 'timestamp' => $time,
    'signature' => sha1('JaneDoejane.doe@example.com' . $time . TOKEN),
]);
parse_str($query, $parsed);
$verifier = new SignedQueryVerifier(QueryProfile::LegacyOneLogin, [new QueryKey('k', TOKEN)]);
compare('OneLogin query, ' . strlen($query) . ' bytes: verify, and read the email', [
    'Countermark' => static fn (): ?string => $verifier->verify($query)->get('email'),
    'by hand: parse_str, sha1, hash_equals' => static fn (): string => oneLoginByHand($query),
    'by hand: $_GET as PHP has parsed it' => static fn (): string => oneLoginParsed($query, $parsed),
]);

$key = (string) base64_decode(substr(SECRET, 6), true);
$webhooks = new WebhookVerifier('standard-webhooks', [new WebhookKey('k', SECRET)]);
foreach ([256, 4096, 65536, 1 << 20] as $size) {
    $body = str_repeat('x', $size);
    $headers = [
        'webhook-id' => 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
        'webhook-timestamp' => $time,
        'webhook-signature' => 'v1,' . base64_encode(hash_hmac('sha256', "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W.$time.$body", $key, true)),
    ];
    $pairs = [];
    foreach ($headers as $name => $value) {
        $pairs[] = [$name, $value];
    }
    $openssl = opensslMac($key);
    $kept = hash_init('sha256', HASH_HMAC, $key);
    compare("Standard Webhooks, body of $size bytes", [
        'Countermark' => static function () use ($webhooks, $pairs, $body): void {
            $webhooks->verify(new WebhookRequest($pairs), $body);
        },
        'by hand: hash_hmac' => static fn (): string => webhookByHand(
            $headers,
            $body,
            static fn (string $head, string $body): string => hash_hmac('sha256', $head . $body, $key, true),
        ),
        'by hand: kept hash context' => static fn (): string => webhookByHand($headers, $body, static function (string $head, string $body) use ($kept): string {
            $mac = hash_copy($kept);
            hash_update($mac, $head);
            hash_update($mac, $body);
            return hash_final($mac, true);
        }),
        'by hand: two openssl_digest' => static fn (): string => webhookByHand($headers, $body, $openssl),
    ]);
}
