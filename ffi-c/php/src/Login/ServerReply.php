<?php

declare(strict_types=1);

namespace Countermark\Login;

use Countermark\Error\CountermarkExceptionInterface;
use Countermark\Native;

/**
 * The fields of a server's reply, for tools. It proves nothing about a user: only a login compares a reply with what was asked.
 */
final class ServerReply implements \JsonSerializable
{
    /** @internal */
    public function __construct(
        public readonly ?string $secsignId,
        public readonly ?string $authSessionId,
        /** A secret: with the two above, it is the handle of the session. */
        #[\SensitiveParameter]
        public readonly ?string $requestId,
        public readonly ?string $serviceName,
        public readonly ?string $serviceAddress,
        public readonly ?State $state,
        /** Not yet checked to be a picture. */
        public readonly ?string $accessPassBase64,
        /** How many fields the protocol does not know. */
        public readonly int $unknownFields,
    ) {
    }

    /** @throws CountermarkExceptionInterface PROTOCOL and its finer forms, and what the server states */
    public static function parse(RequestKind $kind, #[\SensitiveParameter] string $body): self
    {
        return Native::library()->serverReplyParse($kind, $body);
    }

    /** @return array<string, ?string> */
    public function __debugInfo(): array
    {
        return ['state' => $this->state?->name];
    }

    /**
     * What loggers write of an object is its JSON.
     *
     * @return array<string, ?string>
     */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}
