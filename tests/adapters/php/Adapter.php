<?php

declare(strict_types=1);

namespace Countermark\Adapter;

use Countermark\Error\CountermarkExceptionInterface;

/** The adapter protocol over the public API of the package: it translates, and holds no protocol logic. */
final class Adapter
{
    private const OPERATIONS = [
        'access_pass.check' => [Reply::class, 'accessPass'],
        'deep_link.build' => [Link::class, 'build'],
        'ident.normalize' => [Reply::class, 'ident'],
        'login.machine' => [Login::class, 'machine'],
        'login.request' => [Login::class, 'request'],
        'login.run' => [LoginRun::class, 'run'],
        'meta.errors' => [Meta::class, 'errors'],
        'meta.states' => [Meta::class, 'states'],
        'meta.version' => [Meta::class, 'version'],
        'query.sign' => [Query::class, 'sign'],
        'query.verify' => [Query::class, 'verify'],
        'replay.run' => [Replay::class, 'run'],
        'reply.parse' => [Reply::class, 'parse'],
        'return_url.check' => [Link::class, 'returnUrl'],
        'seal.open_foreign' => [Seal::class, 'openForeign'],
        'securesign.callback' => [SecureSign::class, 'callback'],
        'securesign.code' => [SecureSign::class, 'code'],
        'securesign.deep_link' => [SecureSign::class, 'deepLink'],
        'securesign.hint' => [SecureSign::class, 'hint'],
        'securesign.origin' => [SecureSign::class, 'origin'],
        'securesign.pin_session' => [SecureSign::class, 'pinSession'],
        'securesign.pin_status' => [SecureSign::class, 'pinStatus'],
        'securesign.rate_limit' => [SecureSign::class, 'rateLimit'],
        'securesign.session' => [SecureSign::class, 'session'],
        'securesign.validate' => [SecureSign::class, 'validate'],
        'webhook.explain' => [Webhook::class, 'explain'],
        'webhook.handshake' => [Webhook::class, 'handshake'],
        'webhook.sign' => [Webhook::class, 'sign'],
        'webhook.site_origin' => [Webhook::class, 'siteOrigin'],
        'webhook.status' => [Webhook::class, 'status'],
        'webhook.verify' => [Webhook::class, 'verify'],
    ];

    public static function answer(string $line): string
    {
        $request = \json_decode($line, false, 512, \JSON_INVALID_UTF8_SUBSTITUTE);
        $flags = \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_THROW_ON_ERROR;
        return \json_encode(self::answerTo($request), $flags);
    }

    /** @return array<string, mixed> */
    public static function answerTo(mixed $request): array
    {
        try {
            if (!$request instanceof \stdClass) {
                throw new BadRequest();
            }
            $fields = new Fields($request);
            $operation = self::OPERATIONS[$fields->text('op')] ?? throw new BadRequest();
            return ['id' => $request->id ?? null, 'ok' => (object) $operation($fields)];
        } catch (BadRequest) {
            return ['id' => null, 'error' => 'BAD_REQUEST', 'number' => 0];
        } catch (CountermarkExceptionInterface $error) {
            return ['id' => $request->id ?? null, 'error' => self::name($error), 'number' => $error->getCode()];
        }
    }

    public static function name(CountermarkExceptionInterface $error): string
    {
        return $error->errorCode()?->label() ?? 'UNKNOWN';
    }
}
