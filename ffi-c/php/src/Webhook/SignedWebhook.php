<?php

declare(strict_types=1);

namespace Countermark\Webhook;

/** What to send. What is null stays as it was. */
final class SignedWebhook implements \JsonSerializable
{
    /** @param list<array{string, string}> $headers to add */
    public function __construct(
        #[\SensitiveParameter]
        public readonly array $headers,
        /** The URL with the signature in its path. */
        #[\SensitiveParameter]
        public readonly ?string $url,
        /** The query with time and signature, without `?`. */
        #[\SensitiveParameter]
        public readonly ?string $query,
        /** The body with the signature in it. */
        #[\SensitiveParameter]
        public readonly ?string $body,
    ) {
    }

    /** @return array<string, list<string>> */
    public function __debugInfo(): array
    {
        return ['headers' => \array_map(static fn (array $header): string => $header[0], $this->headers)];
    }

    /**
     * What loggers write of an object is its JSON.
     *
     * @return array<string, list<string>>
     */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}
