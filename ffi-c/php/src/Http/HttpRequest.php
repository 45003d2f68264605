<?php

declare(strict_types=1);

namespace Countermark\Http;

/** A request to send exactly as it stands: no redirects, no cookies, no retries. */
final class HttpRequest implements \JsonSerializable
{
    /**
     * @param list<array{string, string}> $headers names and values
     * @param string $body holds session handles or keys: never log it
     * @param int $maxReplyBytes longest body of the answer to read; if there is more, hand on one byte more than this
     */
    public function __construct(
        public readonly string $method,
        #[\SensitiveParameter]
        public readonly string $url,
        #[\SensitiveParameter]
        public readonly array $headers,
        #[\SensitiveParameter]
        public readonly string $body,
        public readonly int $connectTimeoutMs,
        public readonly int $totalTimeoutMs,
        public readonly int $maxReplyBytes,
    ) {
    }

    /** @return array<string, int|string> */
    public function __debugInfo(): array
    {
        return ['method' => $this->method, 'bodyBytes' => \strlen($this->body)];
    }

    /**
     * What loggers write of an object is its JSON.
     *
     * @return array<string, int|string>
     */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}
