<?php

declare(strict_types=1);

namespace Countermark\Http;

/** A whole answer of a server. */
final class HttpReply implements \JsonSerializable
{
    /** @param string $body not decoded in any way; at most one byte longer than the request allows, which tells that there was more */
    public function __construct(
        public readonly int $status,
        #[\SensitiveParameter]
        public readonly string $body,
    ) {
    }

    /** @return array<string, int> */
    public function __debugInfo(): array
    {
        return ['status' => $this->status, 'bodyBytes' => \strlen($this->body)];
    }

    /**
     * What loggers write of an object is its JSON.
     *
     * @return array<string, int>
     */
    public function jsonSerialize(): array
    {
        return $this->__debugInfo();
    }
}
